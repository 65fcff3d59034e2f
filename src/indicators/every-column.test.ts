import { describe, expect, it } from 'vitest'
import { everyColumn } from '../../test/fixtures/every-column.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { createRng } from '../core/index.js'
import { sliceBars, type Bars } from '../data/index.js'
import { barColumns } from './bar-columns.js'
import type { Column } from './column.js'
import { ColumnStream } from './column-stream.js'
import { computeColumns, runColumns, sourcesOf } from './compute-columns.js'
import { sourceNames } from './source-names.js'

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const
const named = Object.entries(everyColumn(barColumns())).flatMap(([name, columns]) =>
  columns.map((column, k) => ({ name: `${name} ${k}`, column })),
)
const columns = named.map(({ column }) => column)
const record = Object.fromEntries(named.map(({ name, column }) => [name, column]))

/** Bars in which some are missing altogether, in stretches of one and more. */
function withHoles(bars: Bars, at: readonly (readonly [number, number])[]): Bars {
  const copy = { ...bars }
  for (const name of PRICES) {
    copy[name] = bars[name].slice()
    for (const [from, to] of at) copy[name].fill(NaN, from, to)
  }
  return copy
}

/** All columns, in steps of the given sizes in turn. */
function inSteps(bars: Bars, of: readonly Column[], chunk: number, sizes: () => number): Float64Array[] {
  const rows = bars.time.length
  const out = of.map(() => new Float64Array(rows))
  const stream = new ColumnStream(of, chunk)
  for (let row = 0; row < rows;) {
    const n = Math.min(sizes(), rows - row)
    const at = stream.begin(n)
    for (const name of stream.sources) stream.source(name).set(sourcesOf(bars)(name).subarray(row, row + n), at)
    stream.advance(n)
    for (const [k, column] of out.entries()) column.set(stream.output(k).subarray(at, at + n), row)
    row += n
  }
  return out
}

const sameBits = (a: Float64Array, b: Float64Array): boolean => a.length === b.length && a.every((v, i) => Object.is(v, b[i]))
const differing = (a: readonly Float64Array[], b: readonly Float64Array[]): string[] =>
  named.filter((_, k) => !sameBits(a[k]!, b[k]!)).map(({ name }) => name)

describe('every operator and indicator', () => {
  const bars = randomBars(2600, 5)
  const holed = withHoles(bars, [
    [3, 4],
    [700, 701],
    [1400, 1405],
    [2100, 2101],
    [2130, 2131],
  ])

  it.each([
    ['whole', bars],
    ['with holes', holed],
  ])('gives the same bits however the series is cut: %s', (_, series) => {
    const rng = createRng(9, 'steps')
    const whole = inSteps(series, columns, 2600, () => 2600)
    expect(
      differing(
        inSteps(series, columns, 1, () => 1),
        whole,
      ),
    ).toEqual([])
    expect(
      differing(
        inSteps(series, columns, 512, () => 512),
        whole,
      ),
    ).toEqual([])
    expect(
      differing(
        inSteps(series, columns, 97, () => rng.int(97) + 1),
        whole,
      ),
    ).toEqual([])
    expect(differing(Object.values(computeColumns(series, record)), whole)).toEqual([])
  })

  it('is computed alone as it is among others', () => {
    const together = Object.values(computeColumns(holed, record))
    const alone = columns.map((column) => computeColumns(holed, { column }).column)
    expect(differing(alone, together)).toEqual([])
  })

  it('has its first value where its lookback says', () => {
    const values = computeColumns(bars, record)
    const wrong = named
      .map(({ name, column }) => ({ name, lookback: column.lookback, first: values[name]!.findIndex((v) => v === v) }))
      .filter(({ lookback, first }) => lookback !== first)
    expect(wrong).toEqual([])
  })

  it('has no gaps after its first value', () => {
    const values = computeColumns(bars, record)
    const gaps = named.filter(({ name, column }) => values[name]!.subarray(column.lookback).some((v) => v !== v)).map(({ name }) => name)
    expect(gaps).toEqual([])
  })

  it.each([1, 2, 37, 650, 1300])('begins anew after a hole at %i as at the first bar', (at) => {
    const rest = sliceBars(bars, { from: bars.time[at + 1]! })
    const begun = computeColumns(rest, record)
    const gone = computeColumns(withHoles(bars, [[at, at + 1]]), record)
    const fresh = named.map(({ name }) => begun[name]!)
    const after = named.map(({ name }) => gone[name]!.slice(at + 1))
    expect(differing(after, fresh)).toEqual([])
  })

  it('is missing where one of its inputs is', () => {
    for (const source of PRICES) {
      const missing = { ...bars, [source]: bars[source].slice().fill(NaN, 1500, 1501) }
      const values = computeColumns(missing, record)
      const known = named.filter(
        ({ name, column }) => sourceNames([column]).includes(source) && values[name]![1500] === values[name]![1500],
      )
      expect(
        known.map(({ name }) => name),
        source,
      ).toEqual([])
    }
  })

  it('does not see later bars', () => {
    const cut = 1234
    const changed = withHoles(bars, [])
    for (const name of PRICES) for (let i = cut; i < 2600; i++) changed[name][i]! *= 3
    const a = computeColumns(bars, record)
    const b = computeColumns(changed, record)
    const early = (values: typeof a): Float64Array[] => named.map(({ name }) => values[name]!.slice(0, cut))
    expect(differing(early(a), early(b))).toEqual([])
  })
})

describe('flat prices', () => {
  const flat = randomBars(700, 1)
  for (const name of ['open', 'high', 'low', 'close'] as const) flat[name].fill(1234.567)
  const of = everyColumn(barColumns())

  it.each([
    ['moments', [1234.567, 0]],
    ['sums', [1234.567], 1],
    ['smoothing', [1234.567], 0],
    ['cascade', [1234.567], 0],
    ['averages', [1234.567], 0],
    ['onLine', [1234.567], 0],
    ['hma', [1234.567], 0],
    ['prices', [1234.567], 0],
    ['line', [1234.567, 0]],
    ['extremes', [1234.567], 0],
    ['gains', [0, 50]],
    ['macd', [0], 0],
    ['trix', [0], 0],
    ['range', [0.5], 0],
    ['cci', [0], 0],
    ['aroon', [100], 0],
    ['directional', [0], 0],
    ['ultimate', [50], 0],
    ['ranges', [0], 0],
    ['volatility', [0], 0],
    ['oscillators', [0], 0],
  ])('%s are exactly neutral', (name, wanted, every?: number) => {
    for (const [k, column] of of[name]!.entries()) {
      if (name === 'sums' && k % 2 !== every) continue
      const values = computeColumns(flat, { column }).column.subarray(column.lookback)
      for (const value of new Set(values)) expect(wanted, `${name} ${k}`).toContain(value + 0)
    }
  })
})

describe('runColumns', () => {
  it('hands over each row once, in order', () => {
    const bars = randomBars(1100, 2)
    const { close } = barColumns()
    const rows: number[] = []
    const seen = new Float64Array(1100)
    runColumns([close], 1100, sourcesOf(bars), (stream, at, row, n) => {
      rows.push(row, n)
      seen.set(stream.output(0).subarray(at, at + n), row)
    })
    expect(seen).toEqual(bars.close)
    expect(rows.filter((_, k) => k % 2 === 1).reduce((a, b) => a + b)).toBe(1100)
  })

  it('refuses more bars than a stream takes at once', () => {
    expect(() => new ColumnStream([barColumns().close], 4).begin(5)).toThrow(expect.objectContaining({ code: 'bad-step' }))
  })

  it('works on no bars', () => {
    const values = computeColumns(randomBars(0, 1), record)
    expect(Object.values(values).every((column) => column.length === 0)).toBe(true)
  })
})
