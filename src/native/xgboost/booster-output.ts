import { copyFrom, textsAt } from '../foreign-library.js'
import { arrayInterface, type XgboostArray } from './array-interface.js'
import type { XgboostBooster } from './booster.js'
import { matrixConfig, type XgboostMatrix } from './data-matrix.js'
import type { Handle, Out } from './declarations.js'
import { check, xgboostApi } from './library.js'

/** Of all rounds. */
const EVERYTHING = { training: false, iteration_begin: 0, iteration_end: 0, strict_shape: false }
const FLOAT_BYTES = 4

/**
 * What the objective predicts for row-major `values`: probabilities, or values of y.
 * @throws LabError `xgboost-error`
 */
export function xgboostPredictSync(booster: XgboostBooster, values: XgboostArray, columns: number): Float32Array {
  const rows = values.length / columns
  if (rows === 0) return new Float32Array(0)
  const config = matrixConfig({ ...EVERYTHING, type: 0, cache_id: 0 })
  const { shape, dimensions, out } = outputs()
  const input = arrayInterface(values, [rows, columns])
  check(xgboostApi().boosterPredictDense(booster.handle, input, config, null, shape, dimensions, out), 'predicting')
  return new Float32Array(copyFrom(out[0]!, rows * FLOAT_BYTES))
}

/**
 * Exact SHAP values (TreeSHAP, Lundberg et al. 2018), row-major: for each row one number a column, then the base; in log-odds or units of y.
 * @throws LabError `xgboost-error`
 */
export function xgboostContributionsSync(booster: XgboostBooster, matrix: XgboostMatrix): Float32Array {
  const config = JSON.stringify({ ...EVERYTHING, type: 2 })
  const { shape, dimensions, out } = outputs()
  check(xgboostApi().boosterPredict(booster.handle, matrix.handle, config, shape, dimensions, out), 'explaining predictions')
  return new Float32Array(copyFrom(out[0]!, matrix.rows * (matrix.names.length + 1) * FLOAT_BYTES))
}

/** Total gain of each feature's splits; 0 for one that no tree splits. */
export function xgboostGainSync(booster: XgboostBooster, names: readonly string[]): Float64Array {
  const { shape, dimensions, out: scores } = outputs()
  const [count, found]: [Out<number | bigint>, Out<Handle>] = [[null], [null]]
  const config = JSON.stringify({ importance_type: 'total_gain' })
  check(xgboostApi().boosterScore(booster.handle, config, count, found, dimensions, shape, scores), 'reading importances')
  const features = Number(count[0])
  if (features === 0) return new Float64Array(names.length)
  const gains = new Float32Array(copyFrom(scores[0]!, features * FLOAT_BYTES))
  const byName = new Map(textsAt(found[0]!, features).map((name, i) => [name, gains[i]!]))
  return Float64Array.from(names, (name) => byName.get(name) ?? 0)
}

const outputs = (): { shape: Out<Handle>; dimensions: Out<number | bigint>; out: Out<Handle> } => ({
  shape: [null],
  dimensions: [null],
  out: [null],
})
