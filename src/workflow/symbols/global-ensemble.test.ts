import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { market } from '../../../test/fixtures/market.js'
import { rocAuc } from '../../metrics/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { globalEnsemble } from './global-ensemble.js'
import { bySymbol, pooledFolds, poolSymbols, type SymbolRows } from './pool-symbols.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('the test of a model over all symbols is skipped: no Python environment (npm run setup)\n')
const HOUR = 3_600_000
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

/** Bars of one symbol from `start` on, some of them missing, labels over `span` bars; the last ones have none. */
function symbol(name: string, seed: number, rows: number, start: number, span: number): SymbolRows {
  const { X, y } = market(rows, 3, seed)
  const time = X.time.map((_, i) => (start + i + Math.floor(i / 50)) * HOUR)
  const known = (i: number): boolean => i + span < rows
  return {
    symbol: name,
    X: { ...X, time },
    y: y.map((value, i) => (known(i) ? value : NaN)),
    labelEndTime: time.map((_, i) => (known(i) ? time[i + span]! : NaN)),
  }
}
const parts = [symbol('BTC', 1, 500, 0, 3), symbol('ETH', 2, 400, 100, 12), symbol('SOL', 3, 300, 150, 1)]

describe('poolSymbols', () => {
  const pooled = poolSymbols(parts)

  it('orders rows by time and gives every value back to its symbol', () => {
    expect(pooled.X.rows).toBe(1200)
    expect(pooled.X.time).toEqual(pooled.X.time.slice().sort())
    for (const [s, part] of parts.entries()) {
      const own = Int32Array.from(pooled.X.time, (_, i) => i).filter((i) => pooled.symbolOf[i] === s)
      const [back] = bySymbol(
        pooled,
        own,
        Float64Array.from(own, (i) => pooled.X.values[3 * i + 1]!),
      )
      expect(back!.symbol).toBe(part.symbol)
      expect(back!.rows).toEqual(Int32Array.from(part.y, (_, i) => i))
      expect(back!.values).toEqual(Float64Array.from(part.y, (_, i) => part.X.values[3 * i + 1]!))
    }
  })

  it('cuts by time: nothing of any symbol that is known later stands in a training part', () => {
    const folds = pooledFolds(pooled, { nSplits: 4, testSize: 0.5, validationShare: 0.2 })
    expect(folds).toHaveLength(4)
    for (const { train, validation, test } of folds) {
      const first = Math.min(...Array.from(test, (row) => pooled.X.time[row]!))
      for (const row of [...train, ...validation]) expect(pooled.labelEndTime[row]).toBeLessThan(first)
      const begins = Math.min(...Array.from(validation, (row) => pooled.X.time[row]!))
      for (const row of train) expect(pooled.labelEndTime[row]).toBeLessThan(begins)
      for (const row of [...train, ...validation, ...test]) expect(pooled.y[row]).not.toBeNaN()
    }
    expect(new Set(folds.flatMap(({ test }) => Array.from(test, (row) => pooled.symbolOf[row])))).toEqual(new Set([0, 1, 2]))
  })

  it('refuses what is not one problem', () => {
    expect(() => poolSymbols([])).toThrow(thrown('bad-symbols'))
    expect(() => poolSymbols([parts[0]!, parts[0]!])).toThrow(thrown('bad-symbols'))
    expect(() => poolSymbols([parts[0]!, { ...parts[1]!, X: { ...parts[1]!.X, names: ['a', 'b', 'c'] } }])).toThrow(thrown('bad-symbols'))
    expect(() => poolSymbols([{ ...parts[0]!, y: new Float64Array(3) }])).toThrow(thrown('bad-symbols'))
    expect(() => poolSymbols([parts[0]!, { ...parts[1]!, sampleWeight: new Float64Array(400) }])).toThrow(thrown('bad-symbols'))
  })
})

describe('globalEnsemble', () => {
  const runFolder = mkdtempSync(join(tmpdir(), 'global-ensemble-'))
  const options = { runFolder, seed: 1, threadsPerFit: 1, workers: 1, device: 'cpu', requireDevice: false, symbols: parts } as const
  const split = { nSplits: 2, testSize: 0.4 }

  it.skipIf(!ready)('fits one model for all symbols and predicts each', async () => {
    const models = [{ name: 'trees', spec: { kind: 'lightgbm', params: { rounds: 30, minDataInLeaf: 20 } } }] as const
    const { predictions, fits, folds } = await globalEnsemble({ ...options, split, models })
    expect(fits).toHaveLength(2)
    expect(predictions.map(({ symbol, fold }) => [symbol, fold])).toEqual(
      ['BTC', 'ETH', 'SOL'].flatMap((name) => [0, 1].map((fold) => [name, fold])),
    )
    expect(predictions.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(folds.reduce((sum, { test }) => sum + test.length, 0))
    for (const { symbol, rows, proba } of predictions) {
      const { y } = parts.find((part) => part.symbol === symbol)!
      const outcome = Array.from(rows, (row) => y[row]!)
      expect(rocAuc(outcome, proba)).toBeGreaterThan(0.65)
    }
    rmSync(runFolder, { recursive: true, force: true })
  })

  it('refuses models that read the row before', async () => {
    const fill = { missing: { policy: 'forward-fill', maxAgeRows: 2 } }
    for (const spec of [
      { kind: 'lstm', params: {} },
      { kind: 'logistic', params: { preprocess: fill } },
      { kind: 'stack', params: { bases: [{ kind: 'logistic' }, { kind: 'lstm' }] } },
    ] as const)
      await expect(globalEnsemble({ ...options, split, models: [{ name: 'one', spec }] })).rejects.toMatchObject({
        code: 'reads-earlier-rows',
      })
  })
})
