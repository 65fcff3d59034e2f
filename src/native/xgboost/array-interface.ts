import { addressOf } from '../foreign-library.js'

export type XgboostArray = Float32Array | Float64Array

/**
 * How XGBoost takes an array (numpy's array interface, version 3): its address, so nothing is copied on the way. The array must outlive the call.
 * @param shape rows and columns, row-major; default: one dimension
 */
export function arrayInterface(values: XgboostArray, shape: readonly number[] = [values.length]): string {
  const typestr = values instanceof Float32Array ? '<f4' : '<f8'
  return JSON.stringify({ data: [Number(addressOf(values)), true], shape, strides: null, typestr, version: 3 })
}
