import { describe, expect, it } from 'vitest'
import { leakyLabels } from '../../test/fixtures/leaky-steps.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import type { Bars } from '../data/index.js'
import { directionLabels, returnLabels, tripleBarrierLabels, type Labels } from '../labels/index.js'
import { checkLabels } from './label-leaks.js'

const bars = randomBars(500, 3)
const honest: Record<string, (bars: Bars) => Labels> = {
  direction: (part) => directionLabels(part, { horizonBars: 5 }),
  'direction with a dead zone': (part) => directionLabels(part, { horizonBars: 2, deadZone: 0.005 }),
  'returns per volatility': (part) => returnLabels(part, { horizonBars: 3, kind: 'log', volatility: { span: 20 } }),
  'triple barrier': (part) => tripleBarrierLabels(part, { horizonBars: 10, upper: 2, lower: 2, volatility: { span: 20 } }),
}

describe('checkLabels', () => {
  it.each(Object.entries(leakyLabels))('catches a label that %s', (_name, make) => {
    expect(checkLabels({ make, bars }).leaks.length).toBeGreaterThan(0)
  })

  it.each(Object.entries(honest))('passes %s, also with gaps and missing closes', (_name, make) => {
    const kept = Array.from(bars.time.keys()).filter((i) => i % 41 > 2)
    const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (i) => column[i]!)
    const close = pick(bars.close).map((v, i) => (i % 67 === 9 ? NaN : v))
    const gappy = {
      ...bars,
      time: pick(bars.time),
      open: pick(bars.open),
      high: pick(bars.high),
      low: pick(bars.low),
      close,
      volume: pick(bars.volume),
    }
    for (const sample of [bars, gappy]) {
      const { leaks, methods } = checkLabels({ make, bars: sample })
      expect(leaks).toEqual([])
      expect(methods[1]!.points).toBeGreaterThan(sample.time.length - 60)
      expect(methods[1]!.comparedValues).toBeGreaterThan(1000)
    }
  })

  it('says what is wrong and where first', () => {
    const first = (name: string) => checkLabels({ make: leakyLabels[name]!, bars }).leaks[0]
    // Of the first 5 bars alone there are no labels that could differ.
    expect(first('ends a bar too early')).toMatchObject({ column: 'direction_5', bar: 1, detail: 'the label is not known at its end time' })
    expect(first('ends before its bar')).toMatchObject({ bar: 0, evidence: 'read off', detail: 'ends before its bar' })
    expect(first('says a shorter horizon')).toMatchObject({ bar: 0, detail: 'ends more than horizonBars (6) after its bar' })
    expect(first('closed out where the data end')).toMatchObject({ evidence: 'later bars removed' })
  })

  it('refuses labels that are not one a bar', () => {
    const short = (): Labels => ({ name: 'short', y: new Float64Array(3), endTime: new Float64Array(3), horizonBars: 1 })
    expect(() => checkLabels({ make: short, bars })).toThrow(expect.objectContaining({ code: 'bad-labels' }) as Error)
  })
})
