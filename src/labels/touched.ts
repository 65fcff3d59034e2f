/** What ended a label, as stored in an Int8Array: a barrier above or below the price, the end of the horizon, or nothing as there is no label. */
export const TOUCHED = { none: 0, upper: 1, lower: -1, vertical: 2 } as const
