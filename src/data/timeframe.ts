import { EXIT, LabError } from '../core/index.js'

/** Milliseconds of a minute. */
export const MINUTE_MS = 60_000
/** Milliseconds of an hour. */
export const HOUR_MS = 3_600_000
/** Milliseconds of a day. */
export const DAY_MS = 86_400_000
/** Milliseconds of a week. */
export const WEEK_MS = 604_800_000

const UNIT_MS = new Map<string, number>([
  ['s', 1000],
  ['sec', 1000],
  ['m', MINUTE_MS],
  ['min', MINUTE_MS],
  ['h', HOUR_MS],
  ['d', DAY_MS],
  ['w', WEEK_MS],
])

/**
 * Length in ms of a timeframe: a whole number and a unit, '30s', '5m', '15min', '1h', '4H', '1d', '1w'.
 * A calendar month has no fixed length, so '1M' is refused rather than read as a minute.
 * @throws LabError `bad-timeframe`
 */
export function parseTimeframe(timeframe: string): number {
  const match = /^\s*(\d+)\s*([A-Za-z]+)\s*$/.exec(timeframe)
  const word = match?.[2] ?? ''
  const unit = word === 'M' ? undefined : UNIT_MS.get(word.toLowerCase())
  const count = Number(match?.[1])
  if (unit === undefined || !Number.isSafeInteger(count * unit) || count < 1)
    throw new LabError('bad-timeframe', 'This is not a timeframe.', {
      received: JSON.stringify(timeframe),
      expected: 'a whole number and s, m, h, d or w, for example 5m, 1h, 4h, 1d, 1w (months have no fixed length)',
      help: 'use -p timeframe=4h, or leave the timeframe out to keep the bars as they are',
      exitCode: EXIT.usage,
    })
  return count * unit
}

/** The shortest writing of a length: 3600000 -> '1h', 5400000 -> '90m', 250 -> '250ms'. */
export function formatTimeframe(timeframeMs: number): string {
  for (const [unit, ms] of [
    ['w', WEEK_MS],
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', 1000],
  ] as const)
    if (timeframeMs >= ms && timeframeMs % ms === 0) return `${timeframeMs / ms}${unit}`
  return `${timeframeMs}ms`
}

/** The most frequent distance between neighbours of an increasing time column; the smaller one of equally frequent ones. NaN below two times. */
export function mostFrequentStep(time: Float64Array): number {
  const counts = new Map<number, number>()
  for (let i = 1; i < time.length; i++) {
    const step = time[i]! - time[i - 1]!
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  let best = NaN
  let bestCount = 0
  for (const [step, count] of counts)
    if (count > bestCount || (count === bestCount && step < best)) {
      best = step
      bestCount = count
    }
  return best
}
