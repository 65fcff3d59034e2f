/**
 * Feature values, one row a bar, row-major: value of feature `j` at row `i` is `values[i * names.length + j]`.
 * Row `i` belongs to bar `i` of the bars it was computed from and uses nothing later than that bar's close. NaN means missing (warm-up).
 */
export interface FeatureMatrix {
  readonly names: readonly string[]
  /** Bar open time of each row, ms since the epoch, UTC. */
  readonly time: Float64Array
  readonly rows: number
  readonly values: Float64Array
}
