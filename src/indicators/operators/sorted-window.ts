import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface SortedWindow {
  /** Rank of the newest of the last `period` values as a share, ties averaged: 1 / period .. 1 (pandas rank(pct=True)). */
  readonly rank: Column
  /** One column for each of the asked for quantiles, linear between neighbours (numpy's default). */
  readonly quantiles: readonly Column[]
}

/** Keeps the last `period` values sorted: binary search and one move of memory a bar, O(period) but with a tiny constant. */
export function sortedWindow(a: Column, period: number, quantiles: readonly number[] = []): SortedWindow {
  checkPeriod('sortedWindow', period, 1)
  const warmup = [period - 1, ...quantiles.map(() => period - 1)]
  const [rank, ...rest] = operator({ name: 'sorted', inputs: [a], params: [period, ...quantiles], reach: period, warmup, start })
  function start([x]: readonly Float64Array[], outputs: readonly Float64Array[]) {
    const values = x!
    const sorted = new Float64Array(period)
    const outRank = outputs[0]!
    const places = quantiles.map((q) => q * (period - 1))
    let size = 0
    const lowerBound = (value: number): number => {
      let [low, high] = [0, size]
      while (low < high) {
        const middle = (low + high) >> 1
        if (sorted[middle]! < value) low = middle + 1
        else high = middle
      }
      return low
    }
    return (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        const v = values[i]!
        if (v !== v) {
          size = 0
          for (const out of outputs) out[i] = NaN
          continue
        }
        if (size === period) {
          const at = lowerBound(values[i - period]!)
          sorted.copyWithin(at, at + 1, size)
          size -= 1
        }
        const at = lowerBound(v)
        sorted.copyWithin(at + 1, at, size)
        sorted[at] = v
        size += 1
        if (size < period) {
          for (const out of outputs) out[i] = NaN
          continue
        }
        let equal = at
        while (equal + 1 < period && sorted[equal + 1] === v) equal += 1
        outRank[i] = (at + equal + 2) / 2 / period
        for (let k = 0; k < places.length; k++) {
          const place = places[k]!
          const below = Math.floor(place)
          const low = sorted[below]!
          outputs[k + 1]![i] = below === period - 1 ? low : low + (sorted[below + 1]! - low) * (place - below)
        }
      }
    }
  }
  return { rank: rank!, quantiles: rest }
}

/** Mean absolute deviation from the mean of the last `period` values (TA-Lib AVGDEV). O(period) a bar: no way to join blocks keeps it exact. */
export function meanDeviation(a: Column, mean: Column, period: number): Column {
  return operator({
    name: 'mean_deviation',
    inputs: [a, mean],
    params: [period],
    reach: period - 1,
    warmup: [0],
    start: ([x, m], [y]) => {
      const values = x!
      const means = m!
      const out = y!
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const centre = means[i]!
          let sum = 0
          for (let k = i - period + 1; k <= i; k++) sum += Math.abs(values[k]! - centre)
          out[i] = sum / period
        }
      }
    },
  })[0]!
}
