import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface SortedWindow {
  /** Rank of the newest of the last `period` values as a share, ties averaged: 1 / period .. 1 (pandas rank(pct=True)). */
  readonly rank: Column
  /** One column for each of the asked for quantiles, linear between neighbours (numpy's default). */
  readonly quantiles: readonly Column[]
}

interface Window {
  readonly period: number
  readonly sorted: Float64Array
  /** How many values it holds. */
  size: number
  /** Places of the quantiles among the sorted values, 0 .. period - 1. */
  readonly places: readonly number[]
}

/** Keeps the last `period` values sorted: O(period) a bar, but only by moving what lies between the value that goes and the value that comes. */
export function sortedWindow(a: Column, period: number, quantiles: readonly number[] = []): SortedWindow {
  checkPeriod('sortedWindow', period, 1)
  const warmup = [period - 1, ...quantiles.map(() => period - 1)]
  const [rank, ...rest] = operator({ name: 'sorted', inputs: [a], params: [period, ...quantiles], reach: period, warmup, start })
  function start([x]: readonly Float64Array[], [rank, ...rest]: readonly Float64Array[]) {
    const window: Window = { period, sorted: new Float64Array(period), size: 0, places: quantiles.map((q) => q * (period - 1)) }
    return (from: number, to: number): void => ranksOf(x!, rank!, rest, window, from, to)
  }
  return { rank: rank!, quantiles: rest }
}

function ranksOf(
  x: Float64Array,
  outRank: Float64Array,
  outQuantiles: readonly Float64Array[],
  window: Window,
  from: number,
  to: number,
): void {
  const { period, sorted, places } = window
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) window.size = 0
    else if (window.size === period) exchange(sorted, x[i - period]!, v)
    else insert(sorted, window.size++, v)
    if (v !== v || window.size < period) {
      outRank[i] = NaN
      for (const out of outQuantiles) out[i] = NaN
      continue
    }
    const first = lowerBound(sorted, period, v)
    let last = first
    while (last + 1 < period && sorted[last + 1] === v) last += 1
    outRank[i] = (first + last + 2) / 2 / period
    for (let k = 0; k < places.length; k++) outQuantiles[k]![i] = valueAt(sorted, places[k]!)
  }
}

function valueAt(sorted: Float64Array, place: number): number {
  const below = Math.floor(place)
  const low = sorted[below]!
  return below === sorted.length - 1 ? low : low + (sorted[below + 1]! - low) * (place - below)
}

/** First place of `size` sorted values that is not smaller. */
function lowerBound(sorted: Float64Array, size: number, value: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function insert(sorted: Float64Array, size: number, value: number): void {
  let k = size
  for (; k > 0 && sorted[k - 1]! > value; k--) sorted[k] = sorted[k - 1]!
  sorted[k] = value
}

/** Takes one value out and another in. */
function exchange(sorted: Float64Array, goes: number, comes: number): void {
  const end = sorted.length - 1
  let k = lowerBound(sorted, sorted.length, goes)
  for (; k < end && sorted[k + 1]! < comes; k++) sorted[k] = sorted[k + 1]!
  for (; k > 0 && sorted[k - 1]! > comes; k--) sorted[k] = sorted[k - 1]!
  sorted[k] = comes
}
