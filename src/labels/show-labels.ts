import { TOUCHED } from './touched.js'

/** 'log_return_12: 9988 of 10000 bars, mean 0.000123, standard deviation 0.0312, from -0.101 to 0.123'. */
export function showReturns(name: string, y: Float64Array): string {
  let [known, sum, low, high] = [0, 0, Infinity, -Infinity]
  for (const value of y) {
    if (Number.isNaN(value)) continue
    known += 1
    sum += value
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (known === 0) return `${name}: none of ${y.length} bars has a label`
  const mean = sum / known
  const squares = y.reduce((total, value) => (Number.isNaN(value) ? total : total + (value - mean) ** 2), 0)
  const [shownMean, deviation, from, to] = [mean, Math.sqrt(squares / known), low, high].map((value) => value.toPrecision(3))
  return `${name}: ${known} of ${y.length} bars, mean ${shownMean}, standard deviation ${deviation}, from ${from} to ${to}`
}

export const UP_OR_NOT = [
  [1, 'up'],
  [0, 'not up'],
] as const

export const UP_NEITHER_DOWN = [
  [1, 'up'],
  [0, 'neither'],
  [-1, 'down'],
] as const

/** 'triple_barrier_24: 10000 bars: 4120 up (45.11 %), 5013 not up (54.89 %), 867 without a label'. @param classes value and word of each */
export function showClasses(name: string, y: Float64Array, classes: readonly (readonly [value: number, word: string])[]): string {
  const counts = classes.map(([value]) => y.reduce((count, label) => count + (label === value ? 1 : 0), 0))
  const known = counts.reduce((sum, count) => sum + count, 0)
  const share = (count: number): string => (known === 0 ? '' : ` (${((100 * count) / known).toFixed(2)} %)`)
  const parts = classes.map(([, word], k) => `${counts[k]} ${word}${share(counts[k]!)}`)
  return `${name}: ${y.length} bars: ${parts.join(', ')}, ${y.length - known} without a label`
}

/** 'ended at upper 4120, lower 4001, horizon 1012; 37 bars touched both'. */
export function showEnds(touched: Int8Array, metBoth: number): string {
  const count = (code: number): number => touched.reduce((sum, value) => sum + (value === code ? 1 : 0), 0)
  const ends = `ended at upper ${count(TOUCHED.upper)}, lower ${count(TOUCHED.lower)}, horizon ${count(TOUCHED.vertical)}`
  return `${ends}; ${metBoth} met both barriers in one bar`
}
