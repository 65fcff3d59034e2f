import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ownRunsFolder } from '../../../test/fixtures/own-runs-folder.js'
import { smallStudy } from '../../../test/fixtures/study-parent.js'
import { makeConfig } from '../../config/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { bestParameters, parseSearchSpace, studyFolder, studyTrials } from '../../tune/index.js'
import { directionModels } from '../direction/direction-models.js'
import { tuneModel } from './tune-model.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('tuning tests are skipped: no Python environment (npm run setup)\n')
ownRunsFolder('tuning')
const folder = mkdtempSync(join(tmpdir(), 'barlab-tuning-'))
const storage = `sqlite:///${join(folder, 'studies.db')}`
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error: unknown) => error)

describe.skipIf(!ready)('tuneModel', () => {
  it('finds better parameters, keeps them for the next training, and is the same for any number of workers', async () => {
    const told: number[] = []
    const one = await tuneModel(smallStudy(storage, 'one', { workers: 1, onTrial: ({ number }) => void told.push(number) }))
    const two = await tuneModel(smallStudy(storage, 'two', { workers: 2 }))
    const content = ({ trials }: typeof one) => trials.map(({ seconds: _, ...trial }) => trial)
    expect(content(two)).toEqual(content(one))
    expect(told).toEqual(one.trials.map(({ number }) => number))
    const { params, value, trial } = one.result!
    const complete = one.trials.filter(({ state }) => state === 'complete')
    expect(value).toBe(Math.min(...complete.map((done) => done.value!)))
    expect(value).toBeLessThan(complete[0]!.value! - 0.005)
    expect(one.trials[trial]!.params).toEqual(params)

    expect(bestParameters('one')).toMatchObject({
      model: 'lightgbm',
      metric: 'logLoss',
      direction: 'minimize',
      params,
      value,
      facts: { seed: 3, batch: 4 },
    })
    const pruned = one.trials.filter(({ state }) => state === 'pruned').length
    expect(studyTrials('one')).toEqual({ count: complete.length + pruned, values: complete.map((done) => done.value) })
    const [tuned, logistic] = directionModels(['lightgbm', 'logistic'], 6, makeConfig(), ['one'])
    expect(tuned!.spec.params).toMatchObject(params)
    expect(logistic!.spec.params).not.toHaveProperty('numLeaves')
    expect(() => directionModels(['logistic'], 6, makeConfig(), ['one'])).toThrow(expect.objectContaining({ code: 'study-of-other-model' }))

    expect(existsSync(join(studyFolder('one'), 'fits'))).toBe(true)
    rmSync(join(studyFolder('one'), 'fits'), { recursive: true })
    // All trials are there: nothing is fitted again.
    const again = await tuneModel(smallStudy(storage, 'one', { onTrial: () => expect.unreachable() }))
    expect(again.trials).toEqual(one.trials)
  })

  it('writes down trials that cannot be fitted and goes on', async () => {
    // Every label of the second fold's training rows is 1.
    const { folds, y, ...rest } = smallStudy(storage, 'failing', { trials: 3, batch: 1, maxFailuresInRow: 2 })
    const constant = y.slice().fill(1, 0, 600)
    const error = await failure(tuneModel({ ...rest, folds, y: constant }))
    expect(error).toMatchObject({
      code: 'too-many-failures',
      received: expect.stringMatching(/lightgbm could not be fitted in fold 1: .*class/) as string,
    })
    expect(existsSync(join(studyFolder('failing'), 'best.json'))).toBe(false)
    expect(() => bestParameters('failing')).toThrow(expect.objectContaining({ code: 'no-study' }))
  })

  it('refuses a space that the model cannot take before anything starts', async () => {
    const search = (space: Parameters<typeof parseSearchSpace>[0], more = {}) =>
      failure(tuneModel(smallStudy(storage, 'refused', { space: parseSearchSpace(space), ...more })))
    expect(await search({ numLeafs: { kind: 'int', low: 2, high: 4 } })).toMatchObject({
      code: 'unknown-parameter',
      help: 'did you mean numLeaves?',
    })
    expect(await search({ numLeaves: { kind: 'int', low: 1, high: 4 } })).toMatchObject({
      code: 'bad-parameter',
      received: 'numLeaves = 1',
    })
    expect(await search({ rounds: { kind: 'int', low: 1, high: 4 } })).toMatchObject({ code: 'fixed-parameter', received: 'rounds' })
    expect(await search({ learningRate: { kind: 'float', low: 0.1, high: 0.2 } }, { sampler: 'cmaes' })).toMatchObject({
      code: 'bad-sampler',
    })
    expect(await search({ learningRate: { kind: 'float', low: 0.1, high: 0.2 } }, { sampler: 'grid' })).toMatchObject({
      code: 'bad-sampler',
    })
  })
})
