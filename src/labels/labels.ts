/** Labels, one a bar. `y[i]` is NaN where it is not known (the last bars) or was dropped (dead zone). */
export interface Labels {
  readonly name: string
  readonly y: Float64Array
  /** Open time (ms, UTC) of the last bar whose close the label uses; NaN where y is NaN. Purging needs it. */
  readonly endTime: Float64Array
  readonly horizonBars: number
}
