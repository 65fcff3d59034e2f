import { DISPLAY, type MimeBundle } from '../core/index.js'

/** How many labels of each class there are. Shows itself as one line. */
export interface ClassBalance {
  readonly rows: number
  readonly up: number
  readonly down: number
  /** Rows without a label. */
  readonly missing: number
  /** up / (up + down); NaN where there is no label at all. */
  readonly upShare: number
  [DISPLAY](): MimeBundle
}

/** Counts the classes of `y` over `rows` (default: all). */
export function classBalance(y: Float64Array, rows?: Int32Array): ClassBalance {
  let up = 0
  let down = 0
  const count = rows?.length ?? y.length
  for (let k = 0; k < count; k++) {
    const value = y[rows === undefined ? k : rows[k]!]
    if (value === 1) up += 1
    else if (value === 0) down += 1
  }
  const upShare = up / (up + down)
  const missing = count - up - down
  const share = Number.isNaN(upShare) ? 'no label' : `${(100 * upShare).toFixed(2)} % up`
  const text = `${count} bars: ${up} up, ${down} not up (${share}), ${missing} without a label`
  return { rows: count, up, down, missing, upShare, [DISPLAY]: () => ({ 'text/plain': text }) }
}
