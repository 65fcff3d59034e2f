import { expect, it } from 'vitest'
import { studyHistory, type StudyTrialPoint } from './study-history.js'
import { studyImportance } from './study-importance.js'
import { studyParallel } from './study-parallel.js'

const trial = (number: number, value: number | null, state: StudyTrialPoint['state'] = 'complete'): StudyTrialPoint => ({
  ...{ number, value, state },
  params: { rate: 10 ** -number, depth: number + 1, kind: number % 2 === 0 ? 'a' : 'b' },
})
const trials = [trial(0, 0.52), trial(1, 0.55), trial(2, 0.5, 'pruned'), trial(3, 0.54), trial(4, null, 'failed')]
const options = { metric: 'AUC', direction: 'maximize' } as const

it('draws the best so far over complete trials alone, for either direction', () => {
  const shown = studyHistory(trials, options)
  expect(shown.data.map(({ name, x, y }) => [name, x, y])).toEqual([
    ['complete', [0, 1, 3], [0.52, 0.55, 0.54]],
    ['pruned', [2], [0.5]],
    ['best so far', [0, 1, 3], [0.52, 0.55, 0.55]],
  ])
  expect(shown.caption).toContain('3 complete trials')
  expect(shown.caption).toContain('1 were pruned, 1 failed.')
  expect(studyHistory(trials, { ...options, direction: 'minimize' }).data[2]!.y).toEqual([0.52, 0.52, 0.52])
})

it('ranks parameters by importance, and says so where there is none', () => {
  expect(studyImportance({ a: 0.2, b: 0.7, c: 0.1 }).data[0]).toMatchObject({ y: ['b', 'a', 'c'], x: [0.7, 0.2, 0.1] })
  expect(studyImportance({}).caption).toContain('do not say')
})

it('places each parameter between its ends, by order of magnitude where it spans several, with the best trial on top', () => {
  const shown = studyParallel(trials, options)
  // The best last: it is drawn over the others. Axes: rate (1 to 0.001), depth (1 to 4), kind, AUC (0.52 to 0.55).
  const lines = shown.data.map(({ y }) => (y as number[]).map((at) => Number(at.toFixed(3))))
  expect(lines).toEqual([
    [0, 1, 1, 0.667],
    [1, 0, 0, 0],
    [0.667, 0.333, 1, 1],
  ])
  expect((shown.layout.xaxis as { ticktext: string[] }).ticktext).toEqual(['rate', 'depth', 'kind', 'AUC'])
  expect(JSON.parse(JSON.stringify(shown.data))).toEqual(shown.data)
  expect(studyParallel([], options).caption).toContain('0 complete trials')
})
