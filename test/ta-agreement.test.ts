import { beforeAll, describe, expect, it } from 'vitest'
import { barColumns, computeColumns, logChange, rollingCorrelation, rollingShape, sortedWindow } from '../src/indicators/index.js'
import { askPython, installPeers } from './fixtures/peer-packages.js'
import { randomBars } from './fixtures/random-bars.js'
import { taFunctions } from './fixtures/ta-functions.js'

/** The indicators that the Python package `ta` defines as we do, within 1e-9 of their size or of the column's median size. */
const peers = await installPeers()
const why = 'missing' in peers ? `: ${peers.missing}` : ''
const compared = taFunctions.filter(({ differs }) => differs === undefined)

describe.skipIf('missing' in peers)(`ta${why}`, () => {
  const bars = randomBars(3000, 4)
  let theirs: Float64Array[] = []

  beforeAll(() => {
    if ('missing' in peers) return
    const script = `
import warnings
import pandas as pd, ta
warnings.filterwarnings('ignore')
open_, high, low, close, volume = [pd.Series(c) for c in columns]
for code in request:
    answer(eval(code))
`
    const codes = compared.map(({ code }) => code)
    theirs = askPython(peers, script, codes, [bars.open, bars.high, bars.low, bars.close, bars.volume])
  })

  it.each(compared.map(({ name, ours, from }, k) => [name, ours, from, k] as const))('%s', (_, ours, from, k) => {
    const [column] = ours(barColumns())
    const values = computeColumns(bars, { column: column! }).column
    const wanted = theirs[k]!
    const begin = from ?? column!.lookback
    const sizes = wanted.subarray(begin).map(Math.abs).sort()
    const median = sizes[sizes.length >> 1]!
    for (let i = begin; i < wanted.length; i++) {
      const error = Math.abs(values[i]! - wanted[i]!) / Math.max(Math.abs(wanted[i]!), median)
      expect(error, `row ${i}: ${values[i]} against ${wanted[i]}`).toBeLessThan(1e-9)
    }
  })
})

describe.skipIf('missing' in peers)(`pandas${why}`, () => {
  it('has the same rolling skewness, kurtosis, ranks, quantiles and correlation', () => {
    if ('missing' in peers) return
    const bars = randomBars(3000, 8)
    const { close, volume } = barColumns()
    const moves = logChange(close)
    const { skewness, kurtosis } = rollingShape(moves, 60)
    const { rank, quantiles } = sortedWindow(moves, 60, [0.1, 0.5])
    const columns = {
      skewness,
      kurtosis,
      rank,
      low: quantiles[0]!,
      median: quantiles[1]!,
      correlation: rollingCorrelation(close, volume, 60),
    }
    const ours = computeColumns(bars, { moves, ...columns })
    const script = `
import pandas as pd
moves, close, volume = [pd.Series(c) for c in columns]
window = moves.rolling(60)
for column in [window.skew(), window.kurt(), window.rank(pct=True), window.quantile(0.1), window.quantile(0.5), close.rolling(60).corr(volume)]:
    answer(column)
`
    const theirs = askPython(peers, script, null, [ours.moves, bars.close, bars.volume])
    for (const [k, name] of (Object.keys(columns) as (keyof typeof columns)[]).entries())
      for (let i = 60; i < 3000; i++) expect(Math.abs(ours[name][i]! - theirs[k]![i]!), `${name}, row ${i}`).toBeLessThan(1e-9)
  })
})
