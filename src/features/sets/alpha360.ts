import { divide, lag, map2, typicalPrice, type BarColumns, type Column } from '../../indicators/index.js'
import { defineFeature, type Feature } from '../define-feature.js'

/** Qlib's guard against division by zero. */
const TINY = 1e-12
const BARS = 60

function guarded(a: number, b: number): number {
  return a / (b + TINY)
}

const FIELDS: readonly [string, (bars: BarColumns, lagBars: number) => Column][] = [
  ['close', ({ close }, k) => divide(lag(close, k), close)],
  ['open', ({ open, close }, k) => divide(lag(open, k), close)],
  ['high', ({ high, close }, k) => divide(lag(high, k), close)],
  ['low', ({ low, close }, k) => divide(lag(low, k), close)],
  ['vwap', (bars, k) => divide(lag(typicalPrice(bars), k), bars.close)],
  ['volume', ({ volume }, k) => map2(lag(volume, k), volume, guarded)],
]

/**
 * Alpha360 of Microsoft's Qlib (qlib/contrib/data/loader.py): the last 60 bars as they are, oldest first: prices / the newest close, volumes / the newest volume. As bars have
 * no volume-weighted price of their own, (high + low + close) / 3 stands in for it. `alpha360_close_0` is always 1.
 */
export const alpha360: readonly Feature[] = FIELDS.flatMap(([field, build]) =>
  Array.from({ length: BARS }, (_, i) => BARS - 1 - i).map((k) =>
    defineFeature({
      name: `alpha360_${field}_${k}`,
      group: 'price',
      description: `Alpha360 ${field.toUpperCase()}${k}: ${field} ${k} bars ago / newest ${field === 'volume' ? 'volume' : 'close'}.`,
      params: { bars: k },
      column: (bars) => build(bars, k),
    }),
  ),
)
