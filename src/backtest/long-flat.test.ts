import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { backtestLongFlat } from './long-flat.js'

const HOUR = 3_600_000
function barsOf(open: number[], close: number[]): Bars {
  const column = (values: number[]): Float64Array => Float64Array.from(values)
  const high = open.map((v, i) => Math.max(v, close[i]!))
  const low = open.map((v, i) => Math.min(v, close[i]!))
  return {
    symbol: 'X',
    timeframeMs: HOUR,
    time: column(open.map((_, i) => i * HOUR)),
    open: column(open),
    high: column(high),
    low: column(low),
    close: column(close),
    volume: column(open),
  }
}
const rows = (...list: number[]): Int32Array => Int32Array.from(list)
const probabilities = (...list: number[]): Float64Array => Float64Array.from(list)
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

//               bar 0    1    2    3    4    5
const bars = barsOf([100, 100, 110, 120, 100, 90], [100, 110, 120, 110, 90, 99])

describe('backtestLongFlat', () => {
  it('fills at the next open, pays either side, and marks at closes: by hand', () => {
    const result = backtestLongFlat({ bars, signalRows: rows(0, 1, 2, 3, 4), proba: probabilities(0.6, 0.6, 0.4, 0.5, 0.9), feeRate: 0.01 })
    // Bought at 100 (bar 1), sold at 120 (bar 3); 0.5 is not above the threshold; bought at 90 (bar 5), sold at its close 99.
    const units = 1 / 101
    const cash = units * 120 * 0.99
    const end = (cash / 90.9) * 99 * 0.99
    const wanted = [units * 110, units * 120, cash, cash, end]
    expect(result.equity).toHaveLength(5)
    for (const [k, value] of wanted.entries()) expect(result.equity[k]).toBeCloseTo(value, 12)
    expect([...result.grossEquity].map((v) => v.toFixed(12))).toEqual([1.1, 1.2, 1.2, 1.2, 1.32].map((v) => v.toFixed(12)))
    expect(result.buyAndHold.at(-1)).toBeCloseTo((99 * 0.99) / 101, 12)
    expect([...result.position]).toEqual([1, 1, 0, 0, 1])
    expect([...result.time]).toEqual([1, 2, 3, 4, 5].map((i) => i * HOUR))
    expect(result.trades.map(({ entryPrice, exitPrice, bars: held, closedByEnd }) => [entryPrice, exitPrice, held, closedByEnd])).toEqual([
      [100, 120, 2, false],
      [90, 99, 1, true],
    ])
    expect(result.trades[0]!.netReturn).toBeCloseTo((1.2 * 0.99) / 1.01 - 1, 12)
    expect(result.net.totalReturn).toBeCloseTo(end - 1, 12)
    expect(result.net.maxDrawdown).toBeCloseTo(1 - cash / (units * 120), 12)
    expect([result.exposure, result.fills]).toEqual([0.6, 4])
  })

  it('is flat after a bar without a prediction, or holds where asked to', () => {
    const signals = { bars, signalRows: rows(0, 3), proba: probabilities(0.9, 0.9), feeRate: 0 }
    expect([...backtestLongFlat(signals).position]).toEqual([1, 0, 0, 1])
    expect([...backtestLongFlat({ ...signals, missing: 'hold' }).position]).toEqual([1, 1, 1, 1])
  })

  it('cannot fill a signal on the last bar', () => {
    expect(backtestLongFlat({ bars, signalRows: rows(3, 5), proba: probabilities(0.1, 0.9) }).position).toHaveLength(2)
    expect(() => backtestLongFlat({ bars, signalRows: rows(5), proba: probabilities(0.9) })).toThrow(thrown('too-few-bars'))
    expect(() => backtestLongFlat({ bars, signalRows: rows(), proba: probabilities() })).toThrow(thrown('too-few-bars'))
  })

  it('refuses what makes no sense', () => {
    const base = { bars, signalRows: rows(0, 1), proba: probabilities(0.5, 0.5) }
    for (const wrong of [
      { proba: probabilities(0.5) },
      { proba: probabilities(0.5, NaN) },
      { signalRows: rows(1, 0) },
      { signalRows: rows(0, 9) },
      { threshold: 2 },
      { feeRate: -1 },
      { feeRate: 1 },
    ])
      expect(() => backtestLongFlat({ ...base, ...wrong }), JSON.stringify(wrong)).toThrow(thrown('bad-backtest'))
    expect(() => backtestLongFlat({ ...base, bars: { ...bars, open: bars.open.map((v, i) => (i === 1 ? NaN : v)) } })).toThrow(
      thrown('missing-price'),
    )
  })

  it('keeps its promises on random bars', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 2, max: 60 }),
        fc.constantFrom(0, 0.001, 0.05),
        (seed, n, feeRate) => {
          const rng = createRng(seed, 'backtest')
          const open = Array.from({ length: n }, () => 50 + 100 * rng.next())
          const random = barsOf(
            open,
            open.map((v) => v * (0.9 + 0.2 * rng.next())),
          )
          const signalRows = Int32Array.from({ length: n - 1 }, (_, i) => i)
          const proba = Float64Array.from(signalRows, () => rng.next())
          const run = (p: Float64Array, fee: number) => backtestLongFlat({ bars: random, signalRows, proba: p, feeRate: fee })
          const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b))
          const some = run(proba, feeRate)
          const always = run(
            proba.map(() => 1),
            feeRate,
          )
          const never = run(
            proba.map(() => 0),
            feeRate,
          )
          const product = some.trades.reduce((value, trade) => value * (1 + trade.netReturn), 1)
          const grossProduct = some.trades.reduce((value, trade) => value * (1 + trade.grossReturn), 1)
          return (
            always.equity.every((value, i) => value === always.buyAndHold[i]) && // always long is buy and hold
            (feeRate > 0 || close(always.equity.at(-1)!, random.close[n - 1]! / random.open[1]!)) &&
            never.equity.every((value) => value === 1) &&
            never.trades.length === 0 &&
            close(product, some.equity.at(-1)!) && // the trades make the equity
            close(grossProduct, some.grossEquity.at(-1)!) &&
            some.net.totalReturn <= some.gross.totalReturn &&
            some.trades.reduce((sum, trade) => sum + trade.bars, 0) === some.position.reduce((sum, held) => sum + held, 0)
          )
        },
      ),
    )
  })
})
