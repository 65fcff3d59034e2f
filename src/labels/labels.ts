import type { Displayable } from '../core/index.js'

/** Labels, one a bar. `y[i]` is NaN where it is not known (the last bars) or was dropped (dead zone). */
export interface Labels {
  readonly name: string
  readonly y: Float64Array
  /** Open time (ms, UTC) of the last bar whose prices the label uses, never before the bar itself; NaN where y is NaN. Purging needs it. */
  readonly endTime: Float64Array
  /** The most bars that a label looks ahead. */
  readonly horizonBars: number
}

/** Labels that also know what the price did: they show themselves as one line. */
export interface PricedLabels extends Labels, Displayable {
  /** Simple return from the bar's close to the price at which the label ended, before any cost; NaN where y is NaN. */
  readonly returns: Float64Array
}
