/**
 * OHLCV bars of one symbol as typed columns over one time index.
 * `time` is the bar's open time in ms since the epoch, UTC, strictly increasing. NaN means missing (a source without volume has NaN volume).
 * All columns have the same length.
 */
export interface Bars {
  /** Normalised symbol, letters and digits only, upper case: 'BTCUSD'. */
  readonly symbol: string
  /** Length of one bar in ms: the most frequent distance between bars (a daily series has weekend gaps). */
  readonly timeframeMs: number
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}
