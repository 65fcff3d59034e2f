import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../core/index.js'
import { correlationMatrix } from './correlation-matrix.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { fitOutlierDetector } from './outliers.js'
import { sortedQuantile } from './quantile.js'
import { fitScaler, scalerFromJson, type ScalerKind, type ScalerOptions } from './scaler.js'
import { selectColumns } from './selection.js'
import { sortedColumnAt } from './training-rows.js'

type Result = 'standard' | 'minmax' | 'minmax01' | 'robust' | 'robust1090'
/** Made once by scikit-learn, numpy and scipy; how is written in the file's first key. */
const golden = JSON.parse(readFileSync(projectPath('src/preprocess/golden-scikit-learn.json'), 'utf8')) as Record<
  Result | 'values' | 'pearson' | 'spearman' | 'dissimilarity',
  number[]
> & { names: string[]; quantiles: number[][] }
const X: FeatureMatrix = { names: golden.names, time: new Float64Array(24), rows: 24, values: Float64Array.from(golden.values) }
const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i)
const train = range(0, 17)
const test = range(17, 24)

function expectClose(ours: ArrayLike<number>, theirs: readonly number[], tolerance = 1e-12): void {
  expect(ours).toHaveLength(theirs.length)
  for (const [i, value] of theirs.entries())
    expect(Math.abs(ours[i]! - value), `number ${i}: ${ours[i]} for ${value}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)))
}

describe('preprocessing agrees with scikit-learn, numpy and scipy', () => {
  const cases: [Result, ScalerKind, ScalerOptions][] = [
    ['standard', 'standard', {}],
    ['minmax', 'minmax', {}],
    ['minmax01', 'minmax', { range: [0, 1] }],
    ['robust', 'robust', {}],
    ['robust1090', 'robust', { quantiles: [0.1, 0.9] }],
  ]
  it.each(cases)('%s scaler, with a constant, a mostly constant, a tiny and a high column', (name, kind, options) => {
    const scaler = fitScaler(kind, X, train, options)
    // At the level of 1e6 a mean has 10 digits after the point; scikit-learn's x * scale + min loses as many.
    expectClose(scaler.transform(X, test), golden[name], kind === 'robust' ? 1e-11 : 1e-9)
    const back = scalerFromJson(JSON.parse(JSON.stringify(scaler)) as ReturnType<typeof scaler.toJSON>)
    expect(back.transform(X)).toEqual(scaler.transform(X))
    expect(back.toJSON()).toEqual(scaler.toJSON())
  })

  it('quantiles', () => {
    for (const [q, share] of [0.01, 0.3, 0.5, 0.99].entries())
      expectClose(
        X.names.map((_, j) => sortedQuantile(sortedColumnAt(X, train, j), share)),
        golden.quantiles[q]!,
        1e-15,
      )
  })

  it('correlations', () => {
    const four = selectColumns(X, Int32Array.of(0, 1, 4, 5))
    expectClose(correlationMatrix(four, train), golden.pearson)
    expectClose(correlationMatrix(four, train, 'spearman'), golden.spearman)
  })

  it('the dissimilarity index', () => {
    expectClose(fitOutlierDetector(X, train).transform(X, test).index, golden.dissimilarity, 1e-9)
  })
})
