import { DISPLAY, LabError, showTextTable, type Displayable } from '../../core/index.js'
import { pearson } from '../../metrics/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Model } from '../model.js'

/** SHAP values of some rows, and what they come to by feature. */
export interface ShapSummary extends Displayable {
  readonly names: readonly string[]
  readonly rows: Int32Array
  /** Prediction of a model that knows no feature: log-odds of a classifier, units of y of a regression. */
  readonly base: number
  /** Row-major, one row for each of `rows`, one column a feature: what the feature adds to that row's prediction. */
  readonly values: Float64Array
  /** The features' own values, in the same shape: for plots. */
  readonly featureValues: Float64Array
  /** By feature: mean of |SHAP value|. */
  readonly meanAbsolute: Float64Array
  /** By feature: Pearson's correlation of its value and its SHAP value, so the direction it works in; NaN where one does not vary. */
  readonly direction: Float64Array
}

/**
 * What each feature adds to the predictions of some rows, and how much of it all (Lundberg & Lee 2017; of trees exact, Lundberg et al. 2020).
 * @throws LabError `no-shap-values` of a kind of model that has none, `no-rows`
 */
export async function shapSummary(
  model: Model,
  { X, rows }: { readonly X: FeatureMatrix; readonly rows: Int32Array },
): Promise<ShapSummary> {
  if (model.shapValues === undefined)
    throw new LabError('no-shap-values', `The model ${model.kind} has no SHAP values.`, {
      received: model.kind,
      expected: 'a model with shapValues(): trees, logistic regression',
      help: 'permutationImportance() measures what a column matters to any model',
    })
  if (rows.length === 0)
    throw new LabError('no-rows', 'SHAP values were asked for of no rows.', { received: '0 rows', expected: 'at least one row' })
  const { base, values } = await model.shapValues(X, rows)
  const width = X.names.length
  const featureValues = new Float64Array(rows.length * width)
  for (const [i, row] of rows.entries()) featureValues.set(X.values.subarray(row * width, (row + 1) * width), i * width)
  const column = (of: Float64Array, j: number): Float64Array => Float64Array.from(rows, (_, i) => of[i * width + j]!)
  const meanAbsolute = Float64Array.from(
    X.names,
    (_, j) => column(values, j).reduce((sum, value) => sum + Math.abs(value), 0) / rows.length,
  )
  const direction = Float64Array.from(X.names, (_, j) => correlationOf(column(featureValues, j), column(values, j)))
  const summary = { names: X.names, rows, base, values, featureValues, meanAbsolute, direction }
  return { ...summary, [DISPLAY]: () => show(summary, model.task) }
}

/** Over the rows whose feature has a value: trees take missing ones. */
function correlationOf(feature: Float64Array, shap: Float64Array): number {
  const known = [...feature.keys()].filter((i) => Number.isFinite(feature[i]))
  return pearson(
    known.map((i) => feature[i]!),
    known.map((i) => shap[i]!),
  )
}

function show({ names, rows, base, meanAbsolute, direction }: Omit<ShapSummary, typeof DISPLAY>, task: Model['task']) {
  const order = [...names.keys()].sort((a, b) => meanAbsolute[b]! - meanAbsolute[a]! || a - b)
  return showTextTable({
    title: `SHAP values of ${rows.length} rows, in ${task === 'regression' ? 'units of y' : 'log-odds'}`,
    headings: ['feature', 'mean |SHAP|', 'direction'],
    rows: order.map((j) => [names[j]!, meanAbsolute[j]!.toPrecision(4), Number.isNaN(direction[j]) ? '' : direction[j]!.toFixed(2)]),
    notes: [`A model that knows no feature predicts ${base.toPrecision(4)}. Direction: correlation of the feature and what it adds.`],
  })
}
