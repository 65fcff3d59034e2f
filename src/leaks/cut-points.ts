import type { Rng } from '../core/index.js'
import { DAY_MS, type Bars } from '../data/index.js'

/** One cut in each of `count` equally long stretches, so that early and late bars are both looked at. A cut is the number of bars kept: 1 to n - 1. Increasing. */
export function spreadCuts(n: number, count: number, rng: Rng): number[] {
  const some = Math.min(count, n - 1)
  const begin = (k: number): number => Math.floor((k * (n - 1)) / some)
  return Array.from({ length: some }, (_, k) => 1 + begin(k) + rng.int(begin(k + 1) - begin(k)))
}

/**
 * At least `count` cuts (all there are where there are no more): spread ones, and the moments at which code is most often special: the last and first bars of months and weeks, both
 * sides of gaps and of missing closes, and the largest moves. A peek that happens only there is met for certain where there are no more than `count` of its kind.
 */
export function tellingCuts(bars: Bars, count: number, rng: Rng): number[] {
  const n = bars.time.length
  if (count >= n - 1) return Array.from({ length: n - 1 }, (_, k) => k + 1)
  const chosen = new Set(spreadCuts(n, count, rng))
  for (const kind of [monthEnds(bars), weekEnds(bars), gaps(bars), holes(bars), largestMoves(bars, Math.ceil(count / 10))]) {
    const some = kind.length <= count ? kind : spreadCuts(kind.length, count, rng).map((k) => kind[k]!)
    // A cut at bar k keeps bars up to k - 1. The bar before the event, the one after it.
    for (const k of some) for (const cut of [k, k + 1]) if (cut >= 1 && cut < n) chosen.add(cut)
  }
  return [...chosen].sort((a, b) => a - b)
}

/** Bars k before which something new begins. */
const where = ({ time }: Bars, begins: (k: number) => boolean): number[] => Array.from(time.keys()).filter((k) => k > 0 && begins(k))

function monthEnds(bars: Bars): number[] {
  const month = (k: number): number => new Date(bars.time[k]!).getUTCMonth()
  return where(bars, (k) => month(k) !== month(k - 1))
}

// The epoch was a Thursday: day 4 is the first Monday.
const weekOf = (time: number): number => Math.floor((time / DAY_MS - 4) / 7)
const weekEnds = (bars: Bars): number[] => where(bars, (k) => weekOf(bars.time[k]!) !== weekOf(bars.time[k - 1]!))
const gaps = (bars: Bars): number[] => where(bars, (k) => bars.time[k]! - bars.time[k - 1]! > bars.timeframeMs)
const holes = (bars: Bars): number[] => where(bars, (k) => Number.isNaN(bars.close[k]) !== Number.isNaN(bars.close[k - 1]))

function largestMoves(bars: Bars, count: number): number[] {
  const size = (k: number): number => Math.abs(bars.close[k]! / bars.close[k - 1]! - 1)
  const known = where(bars, (k) => Number.isFinite(size(k)))
  return known.sort((a, b) => size(b) - size(a) || a - b).slice(0, count)
}
