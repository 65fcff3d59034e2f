import { downsampleRows } from './downsample.js'
import type { FigureSpec } from './figure-spec.js'

/** More points than this in one line cannot be told apart on a screen. */
export const MAX_LINE_POINTS = 2000
const SIGNIFICANT_DIGITS = 6

/**
 * The figure as it is sent to a screen: lines thinned to {@link MAX_LINE_POINTS} (extremes kept), numbers rounded to 6 significant digits
 * (whole numbers stay whole), typed arrays as arrays, NaN and infinities as null. The argument keeps everything.
 */
export function displayPayload(spec: FigureSpec): FigureSpec {
  return {
    data: spec.data.map((trace) => plain(thinLine(trace)) as Record<string, unknown>),
    layout: plain(spec.layout) as Record<string, unknown>,
  }
}

/** JSON-able copy of a value: see {@link displayPayload}. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return roundForDisplay(value)
  if (Array.isArray(value)) return value.map(plain)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array, roundForDisplay)
  if (value instanceof Date) return value.toISOString()
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, plain(member)]])))
  return value
}

function roundForDisplay(value: number): number | null {
  if (!Number.isFinite(value)) return null
  return Number.isInteger(value) ? value : Number(value.toPrecision(SIGNIFICANT_DIGITS))
}

function thinLine(trace: Record<string, unknown>): Record<string, unknown> {
  const y = trace.y as ArrayLike<number> | undefined
  const isLine = (trace.type ?? 'scatter') === 'scatter' && trace.mode === 'lines'
  if (!isLine || y === undefined || y.length <= MAX_LINE_POINTS) return trace
  const rows = downsampleRows(y, MAX_LINE_POINTS)
  const columns = Object.entries(trace).map(([key, member]): [string, unknown] => {
    const perPoint = (Array.isArray(member) || ArrayBuffer.isView(member)) && (member as unknown[]).length === y.length
    return [key, perPoint ? rows.map((row) => (member as unknown[])[row]) : member]
  })
  return Object.fromEntries(columns)
}
