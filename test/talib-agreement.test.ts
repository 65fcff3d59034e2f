import { beforeAll, describe, expect, it } from 'vitest'
import { listDatasets, loadBars, type Bars } from '../src/data/index.js'
import {
  barColumns,
  computeColumns,
  lag,
  map2,
  map3,
  rollingMax,
  rollingMin,
  rollingSum,
  rsi,
  scale,
  sma,
  trueRange,
  absoluteChange,
  change,
  type BarColumns,
  type Column,
} from '../src/indicators/index.js'
import { askPython, installPeers } from './fixtures/peer-packages.js'
import { talibFunctions } from './fixtures/talib-functions.js'

/**
 * Every function that we share with TA-Lib, on every symbol of every shipped dataset: the same rows have values, and values agree within 1e-9 of their size or of the
 * column's median size, whichever is larger. Everything that is not the same stands in this table with its reason.
 */
interface Difference {
  readonly reason: string
  /** Our indicator with TA-Lib's convention: must agree on all rows. */
  readonly asTalib?: (bars: BarColumns) => readonly Column[]
  /** What TA-Lib has where ours is missing. */
  readonly missing?: number
  /** Rows that need not agree (column > 0), where there is no such form. */
  readonly except?: (bars: BarColumns) => Column
}

const stochastic = ({ close, high, low }: BarColumns): Column =>
  map3(close, rollingMin(low, 5), rollingMax(high, 5), (c, bottom, top) => (top === bottom ? 0 : (100 * (c - bottom)) / (top - bottom)))
const ROUNDING = 4 * Number.EPSILON

const differences: Readonly<Record<string, Difference>> = {
  ER: {
    reason: 'efficiency of a market that stood still: ours 0, TA-Lib 1',
    asTalib: ({ close }) => [map2(change(close, 10), rollingSum(absoluteChange(close), 10), (m, p) => (p === 0 ? 1 : Math.abs(m) / p))],
  },
  STOCHF: {
    reason: 'place in a range of nothing: ours the middle, TA-Lib the bottom',
    asTalib: (bars) => [stochastic(bars), sma(stochastic(bars), 3)],
  },
  STOCH: {
    reason: 'as STOCHF',
    asTalib: (bars) => [sma(stochastic(bars), 3), sma(sma(stochastic(bars), 3), 3)],
  },
  WILLR: {
    reason: 'place in a range of nothing: ours the middle, TA-Lib the top',
    asTalib: ({ close, high, low }) => [
      map3(close, rollingMin(low, 14), rollingMax(high, 14), (c, b, t) => (t === b ? 0 : (-100 * (t - c)) / (t - b))),
    ],
  },
  STOCHRSI: {
    reason: 'while prices stand still the RSI moves by rounding only: ours the middle, TA-Lib where the rounding lies',
    except: ({ close }) => {
      const strength = rsi(close, 14)
      const still = map2(rollingMax(strength, 5), rollingMin(strength, 5), (top, bottom) => (top - bottom < 1e-10 ? 1 : 0))
      return rollingMax(still, 3)
    },
  },
  ULTOSC: {
    reason: 'without any range: ours half pressure, TA-Lib none',
    asTalib: (bars) => {
      const before = lag(bars.close, 1)
      const buying = map3(bars.close, bars.low, before, (c, l, b) => c - Math.min(l, b))
      const share = (p: number): Column =>
        map2(rollingSum(buying, p), rollingSum(trueRange(bars), p), (part, whole) => (whole === 0 ? 0 : part / whole))
      return [map3(share(7), share(14), share(28), (a, b, c) => (100 * (4 * a + 2 * b + c)) / 7)]
    },
  },
  BETA: {
    reason: 'slope on something that stood still: ours missing, TA-Lib 0',
    missing: 0,
  },
  MFI: {
    reason: 'a mean of three prices that changes by rounding only: ours no flow, TA-Lib a flow; without any flow ours 50, TA-Lib 0',
    except: (bars) => {
      const typical = scale(
        map3(bars.high, bars.low, bars.close, (h, l, c) => h + l + c),
        1 / 3,
      )
      const still = map2(change(typical), typical, (m, price) => (Math.abs(m) <= ROUNDING * price ? 1 : 0))
      return rollingMax(still, 14)
    },
  },
}

const script = `
import talib
for k in range(request['sets']):
    bars = dict(zip(['open', 'high', 'low', 'close', 'volume'], columns[5 * k:5 * k + 5]))
    for f in request['functions']:
        made = getattr(talib, f['name'])(*[bars[n] for n in f['inputs']], *f['options'])
        for column in made if isinstance(made, tuple) else [made]:
            answer(column)
`

const peers = await installPeers()
const why = 'missing' in peers ? `: ${peers.missing}` : ''
const symbols = listDatasets().flatMap(({ name, symbols }) => symbols.map((symbol) => ({ dataset: name, symbol })))

describe.skipIf('missing' in peers)(`TA-Lib on every shipped dataset${why}`, () => {
  const sets: Bars[] = []
  /** [set][function][output] */
  const theirs: Float64Array[][][] = []

  beforeAll(async () => {
    if ('missing' in peers) return
    for (const choice of symbols) sets.push((await loadBars(choice)).bars)
    const request = { sets: sets.length, functions: talibFunctions.map(({ name, inputs, options }) => ({ name, inputs, options })) }
    const given = sets.flatMap((bars) => [bars.open, bars.high, bars.low, bars.close, bars.volume])
    const answers = askPython(peers, script, request, given)
    const outputs = talibFunctions.map(({ ours }) => ours(barColumns()).length)
    for (const _ of sets) theirs.push(outputs.map((n) => answers.splice(0, n)))
    expect(answers).toEqual([])
  })

  const firstOf = (column: Float64Array): number => column.findIndex((v) => v === v)

  it.each(talibFunctions.map((fn, k) => ({ name: fn.name, fn, k })))('$name', ({ fn, k }) => {
    const difference = differences[fn.name]
    for (const [s, bars] of sets.entries()) {
      const where = `${symbols[s]!.dataset} ${symbols[s]!.symbol}`
      const wanted = theirs[s]![k]!
      const ours = fn.ours(barColumns())
      // TA-Lib begins all outputs of a function together.
      const begin = Math.max(...ours.map((column) => column.lookback))
      const columns = difference?.asTalib?.(barColumns()) ?? ours
      const except = difference?.except?.(barColumns()) ?? scale(barColumns().close, 0)
      const values = computeColumns(bars, Object.fromEntries([...columns, ...ours, except].map((column, n) => [String(n), column])))
      const excepted = values[String(2 * ours.length)]!
      for (const [n, column] of wanted.entries()) {
        const [mine, plain] = [values[String(n)]!, values[String(n + ours.length)]!]
        expect(firstOf(column), `${where}: first value`).toBe(begin)
        expect(firstOf(plain), `${where}: our first value`).toBe(ours[n]!.lookback)
        const sizes = column.subarray(begin).map(Math.abs).sort()
        const median = sizes[sizes.length >> 1]!
        let worst = 0
        let row = -1
        let changed = 0
        for (let i = begin; i < column.length; i++) {
          if (!(Math.abs(mine[i]! - plain[i]!) <= 1e-9 * median) || excepted[i]! > 0) changed++
          if (excepted[i]! > 0) continue
          const value = mine[i] === mine[i] ? mine[i]! : (difference?.missing ?? NaN)
          const error = Math.abs(value - column[i]!) / Math.max(Math.abs(column[i]!), median)
          if (error > worst || error !== error) [worst, row] = [error, i]
        }
        expect(worst, `${where}, output ${n}, row ${row}: ${mine[row]} against ${column[row]}`).toBeLessThan(1e-9)
        // The convention touches few rows, so the rest is a test.
        expect(changed, `${where}: rows of the table`).toBeLessThan(0.05 * column.length)
      }
    }
  })
})
