import { beforeAll, describe, expect, it } from 'vitest'
import { barColumns, computeColumns } from '../src/indicators/index.js'
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
