import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { DISPLAY } from '../core/index.js'
import type { Bars } from '../data/index.js'
import type { BarTransform } from './bar-transform.js'
import { checkWarmup } from './warmup-sensitivity.js'

const bars = randomBars(1000, 4)
const columns: Record<string, (close: Float64Array) => Float64Array> = {
  last: (x) => x,
  mean_80: (x) => x.map((_, i) => (i < 79 ? NaN : x.slice(i - 79, i + 1).reduce((sum, v) => sum + v, 0))),
  average: (x) => {
    const out = x.slice()
    for (let i = 1; i < x.length; i++) out[i] = 0.95 * out[i - 1]! + 0.05 * x[i]!
    return out
  },
  since_start: (x) => x.map((v) => v - x[0]!),
}
const transform: BarTransform = {
  transform: ({ time, close }: Bars) => {
    const made = Object.values(columns).map((compute) => compute(close))
    const values = Float64Array.from(
      { length: time.length * made.length },
      (_, at) => made[at % made.length]![Math.floor(at / made.length)]!,
    )
    return { names: Object.keys(columns), time, rows: time.length, values }
  },
}

describe('checkWarmup', () => {
  const report = checkWarmup({ transform, bars }, { startups: [200, 50, 100], tolerance: 0.001 })
  const of = (name: string) => report.columns.find(({ column }) => column === name)!

  it('finds how much history each column needs', () => {
    expect(report.startups).toEqual([50, 100, 200])
    expect(of('last')).toEqual({ column: 'last', changes: [0, 0, 0], startupBars: 50 })
    expect(of('mean_80').startupBars).toBe(100)
    expect(of('mean_80').changes[0]).toBe(Infinity)
    expect(of('since_start').startupBars).toBeNull()
    expect(report.startupBars).toBeNull()
  })

  it('sees an exponential average forget at its rate', () => {
    const [after50, after100, after200] = of('average').changes as [number, number, number]
    // What is left of the first value: 0.95 ** bars; the largest over the same anchors, whose first values differ by a factor.
    expect(after100 / after50).toBeGreaterThan(0.95 ** 50 / 10)
    expect(after100 / after50).toBeLessThan(0.95 ** 50 * 10)
    expect(after200 / after100).toBeLessThan(0.95 ** 100 * 10)
    expect(of('average').startupBars).toBe(200)
  })

  it('shows the needy ones and repeats', () => {
    const text = report[DISPLAY]()['text/plain'] as string
    expect(text).toContain('Start-up of RANDOM 1h: 1 of 4 columns need more than 200 bars')
    expect(text).toMatch(/since_start +over 200/)
    expect(text).toContain('1 columns: 50 bars are enough')
    expect(checkWarmup({ transform, bars }, { startups: [50, 100, 200] }).columns).toEqual(report.columns)
  })

  it('explains what is wrong', () => {
    const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
    for (const startups of [[], [0], [1.5]]) expect(() => checkWarmup({ transform, bars }, { startups })).toThrow(thrown('bad-startups'))
    expect(() => checkWarmup({ transform, bars }, { startups: [501] })).toThrow(thrown('too-few-bars'))
    expect(() => checkWarmup({ transform, bars: randomBars(60, 1) })).toThrow(thrown('too-few-bars'))
  })
})
