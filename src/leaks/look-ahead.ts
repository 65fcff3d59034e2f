import { createRng, DISPLAY, LabError, type MimeBundle } from '../core/index.js'
import { barRange, type Bars } from '../data/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'

/** Anything that computes a feature matrix from bars; a fitted FeatureEngineer is one. */
export interface BarTransform {
  transform(bars: Bars): FeatureMatrix
}

export interface LookAheadViolation {
  readonly column: string
  /** First bar whose value changed when later bars were removed or altered. */
  readonly bar: number
  /** Its open time, ISO 8601. */
  readonly time: string
  /** What was done to the bars after the cut. */
  readonly how: 'removed' | 'altered'
  /** The fewest later bars with which the value becomes what it is on all bars; null where removing them does not show it (only altering does). */
  readonly reachBars: number | null
}

/** Result of the look-ahead check: no violation means that no checked value depended on a bar after it. */
export interface LookAheadCertificate {
  readonly seed: number
  /** Bars kept at each cut, increasing. */
  readonly checkedCuts: readonly number[]
  readonly columns: readonly string[]
  /** Values compared, over all cuts. */
  readonly comparedValues: number
  /** At most one a column, at its first bar. */
  readonly violations: readonly LookAheadViolation[]
  [DISPLAY](): MimeBundle
}

export interface LookAheadOptions {
  /** How many cut points; default 12. */
  readonly cuts?: number
  readonly seed?: number
}

/**
 * Tests that the value at bar t uses nothing after t. At each seeded cut point the bars after it are first removed, then replaced by a different random walk;
 * everything up to the cut is computed again and compared, every column and bar, for exact equality.
 *
 * Values at the end of a cut series are where look-ahead shows; each cut shows only features that look across it, so a feature that peeks rarely needs more
 * cuts. One cut costs two computations of all features.
 * @throws LabError `too-few-bars` below 3 bars.
 */
export function checkLookAhead(engineer: BarTransform, bars: Bars, { cuts = 12, seed = 0 }: LookAheadOptions = {}): LookAheadCertificate {
  const n = bars.time.length
  if (n < 3)
    throw new LabError('too-few-bars', 'The look-ahead check cuts the series and needs something to cut.', {
      received: `${n} bars`,
      expected: 'at least 3',
      help: 'use more history',
    })
  const rng = createRng(seed, 'look-ahead/cuts')
  // One cut in each of equally long stretches, so that early and late bars are both looked at.
  const count = Math.min(cuts, n - 1)
  const checkedCuts = Array.from({ length: count }, (_, k) => 1 + Math.floor(((k + rng.next()) * (n - 1)) / count))
  const full = engineer.transform(bars)
  const first = new Map<string, { bar: number; how: 'removed' | 'altered' }>()
  let comparedValues = 0
  for (const cut of checkedCuts)
    for (const how of ['removed', 'altered'] as const) {
      const other = engineer.transform(how === 'removed' ? barRange(bars, 0, cut) : alterAfter(bars, cut, seed))
      sameColumns(full, other)
      comparedValues += cut * full.names.length
      for (const [j, column] of full.names.entries()) {
        const bar = firstDifference(full, other, j, cut)
        if (bar >= 0 && bar < (first.get(column)?.bar ?? Infinity)) first.set(column, { bar, how })
      }
    }
  const violations = full.names.flatMap((column, j) => {
    const found = first.get(column)
    if (found === undefined) return []
    return [{ column, ...found, time: new Date(bars.time[found.bar]!).toISOString(), reachBars: reach(engineer, bars, full, j, found.bar) }]
  })
  return withDisplay({ seed, checkedCuts, columns: full.names, comparedValues, violations })
}

/** {@link checkLookAhead} that stops the work where a column looks ahead. @throws LabError `look-ahead` naming each column and its first bar. */
export function assertNoLookAhead(engineer: BarTransform, bars: Bars, options: LookAheadOptions = {}): LookAheadCertificate {
  const certificate = checkLookAhead(engineer, bars, options)
  if (certificate.violations.length > 0)
    throw new LabError('look-ahead', 'Features use bars that lie after them: scores computed from them would be worthless.', {
      received: certificate.violations.map(describeViolation).join('; '),
      expected: 'values that do not change when later bars are removed or altered',
      help: 'correct compute() of these features, or leave them out with drop',
    })
  return certificate
}

const describeViolation = ({ column, bar, time, how, reachBars }: LookAheadViolation): string =>
  `${column} first at bar ${bar} (${time}, later bars ${how}${reachBars === null ? '' : `, reaches ${reachBars} bars ahead`})`

/** Bars after the cut as another random walk from the last kept close; times stay as they are. */
function alterAfter(bars: Bars, cut: number, seed: number): Bars {
  const rng = createRng(seed, `look-ahead/alter/${cut}`)
  const copy = {
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  }
  let price = Number.isFinite(bars.close[cut - 1]) ? bars.close[cut - 1]! : 1
  for (let i = cut; i < bars.time.length; i++) {
    const open = price
    price *= Math.exp(0.05 * rng.normal())
    copy.open[i] = open
    copy.close[i] = price
    copy.high[i] = Math.max(open, price) * (1 + 0.02 * rng.next())
    copy.low[i] = Math.min(open, price) * (1 - 0.02 * rng.next())
    copy.volume[i] = copy.volume[i]! * (0.5 + rng.next())
  }
  return { ...bars, ...copy }
}

function sameColumns(full: FeatureMatrix, other: FeatureMatrix): void {
  if (full.names.length === other.names.length && full.names.every((name, j) => name === other.names[j])) return
  throw new LabError('look-ahead', 'The set of columns itself depends on later bars.', {
    received: other.names.join(', '),
    expected: full.names.join(', '),
    help: 'fit the engineer once and give it here fitted',
  })
}

function firstDifference(full: FeatureMatrix, other: FeatureMatrix, column: number, rows: number): number {
  const width = full.names.length
  for (let i = 0, at = column; i < rows; i++, at += width) if (differs(full.values[at]!, other.values[at]!)) return i
  return -1
}

/** Two zeros of different sign are the same value. */
const differs = (a: number, b: number): boolean => a !== b && !(Number.isNaN(a) && Number.isNaN(b))

/** Doubling, then halving: the smallest number of later bars from which on the value is final, taking it that more bars do not undo it. */
function reach(engineer: BarTransform, bars: Bars, full: FeatureMatrix, column: number, bar: number): number | null {
  const at = bar * full.names.length + column
  const last = bars.time.length - 1 - bar
  const final = (later: number): boolean => !differs(full.values[at]!, engineer.transform(barRange(bars, 0, bar + 1 + later)).values[at]!)
  if (final(0)) return null
  let high = 1
  while (high < last && !final(high)) high *= 2
  high = Math.min(high, last)
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (final(middle)) high = middle
    else low = middle
  }
  return high
}

function withDisplay(facts: Omit<LookAheadCertificate, typeof DISPLAY>): LookAheadCertificate {
  const { violations, columns, comparedValues, checkedCuts } = facts
  const text =
    violations.length === 0
      ? `No look-ahead: ${columns.length} features, ${comparedValues.toLocaleString('en-US')} values compared at ${checkedCuts.length} cuts (later bars removed, then altered), all equal.`
      : `LOOK-AHEAD in ${violations.length} of ${columns.length} features: ${violations.map(describeViolation).join('; ')}`
  return { ...facts, [DISPLAY]: () => ({ 'text/plain': text }) }
}
