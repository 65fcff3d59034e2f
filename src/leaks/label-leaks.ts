import { createRng, isLabError, LabError } from '../core/index.js'
import { formatTimeframe, type Bars } from '../data/index.js'
import type { Labels } from '../labels/index.js'
import { tellingCuts } from './cut-points.js'
import { FirstDifferences } from './first-differences.js'
import { isoTime, type Leak, type LeakCheck, type LeakEvidence } from './leak.js'
import { alteredAfter, stretch } from './market.js'

/** What makes labels, and the bars to try it on. */
export interface LabelSubject {
  /** Makes the labels: `(bars) => directionLabels(bars, { horizonBars: 12 })`. */
  readonly make: (bars: Bars) => Labels
  readonly bars: Bars
}

/** How closely to look. */
export interface LabelCheckOptions {
  readonly seed?: number
  /** Fewest cuts; default 1000, or every bar where there are fewer. */
  readonly cuts?: number
  /** Bars before a cut that the labels are computed from; default 4 horizons, 200 at least. */
  readonly windowBars?: number
}

/**
 * Tests that every label is known at its end time: with the bars after it altered or removed, neither `y` nor the end time may change. Also that a label ends neither before its bar
 * nor more than `horizonBars` after it, and has an end time where it has a value: purge and embargo rely on these.
 *
 * The other direction, an end time later than need be, is no leak and not reported.
 * @throws LabError `bad-labels` where there is not one label a bar, `too-few-bars`
 */
export function checkLabels({ make, bars }: LabelSubject, options: LabelCheckOptions = {}): LeakCheck {
  const n = bars.time.length
  const all = checked(make(bars), n)
  const { seed = 0, cuts: count = 1000, windowBars = Math.max(200, 4 * all.horizonBars) } = options
  const leaks = new Map<string, Leak>()
  const note = (bar: number, evidence: LeakEvidence, detail: string): void => {
    if (bar >= (leaks.get(detail)?.bar ?? Infinity)) return
    leaks.set(detail, { column: all.name, bar, time: isoTime(bars.time[bar]), evidence, detail, nearestBars: null, reachBars: null })
  }
  for (const [bar, detail] of contradictions(all, bars.time)) note(bar, 'read off', detail)
  const cuts = tellingCuts(bars, count, createRng(seed, 'leaks/labels'))
  const market = { bars, others: [] }
  let [points, compared] = [0, 0]
  for (const cut of cuts) {
    const from = Math.max(0, cut - windowBars)
    const onward = stretch(market, from, Math.min(n, cut + 2 * all.horizonBars + 64))
    const base = made(make, onward.bars)
    const removed = made(make, stretch(market, from, cut).bars)
    if (base === undefined) continue
    points += 1
    const altered = made(make, alteredAfter(onward, cut - from, createRng(seed, `leaks/labels/${cut}`)).bars)
    const versions = [
      ['later bars removed', removed],
      ['later bars altered', altered],
    ] as const
    for (const [evidence, other] of versions)
      if (other !== undefined)
        compared += compareEnded(base, other, cut - from, bars.time[cut - 1]!, (row, what) => note(from + row, evidence, what))
  }
  const methods = [
    { name: 'end times read', points: n, everyBar: true, comparedValues: n },
    { name: 'short stretches cut', points, everyBar: points === n - 1, comparedValues: compared },
  ]
  return {
    kind: 'labels',
    subject: `${bars.symbol} ${formatTimeframe(bars.timeframeMs)}`,
    columns: [all.name],
    methods,
    leaks: [...leaks.values()],
  }
}

/** Labels that say they ended by `moment`, in either version, must be the same in both. Returns how many there were. */
function compareEnded(base: Labels, other: Labels, rows: number, moment: number, note: (row: number, what: string) => void): number {
  let compared = 0
  for (let i = 0; i < rows; i++) {
    if (!(base.endTime[i]! <= moment) && !(other.endTime[i]! <= moment)) continue
    compared += 2
    if (FirstDifferences.differs(base.y[i]!, other.y[i]!)) note(i, 'the label is not known at its end time')
    else if (FirstDifferences.differs(base.endTime[i]!, other.endTime[i]!)) note(i, 'the end time itself is known only later')
  }
  return compared
}

/** What can be read off the labels: the bar and what is wrong with it. */
function* contradictions({ y, endTime, horizonBars }: Labels, time: Float64Array): Generator<[number, string]> {
  let at = 0
  for (let i = 0; i < y.length; i++) {
    const end = endTime[i]!
    if (Number.isNaN(y[i])) continue
    if (Number.isNaN(end)) yield [i, 'has a label without an end time']
    else if (end < time[i]!) yield [i, 'ends before its bar']
    else {
      if (time[at]! > end) at = i
      while (at + 1 < time.length && time[at + 1]! <= end) at += 1
      if (at - i > horizonBars) yield [i, `ends more than horizonBars (${horizonBars}) after its bar`]
    }
  }
}

/** Undefined where the bars are too few for a label. */
function made(make: LabelSubject['make'], bars: Bars): Labels | undefined {
  try {
    return checked(make(bars), bars.time.length)
  } catch (error) {
    if (isLabError(error) && error.code === 'too-few-bars') return undefined
    throw error
  }
}

function checked(labels: Labels, n: number): Labels {
  if (labels.y.length === n && labels.endTime.length === n) return labels
  throw new LabError('bad-labels', 'There is not one label a bar.', {
    received: `${labels.y.length} labels and ${labels.endTime.length} end times`,
    expected: `${n} of each`,
    help: 'give NaN where a bar has no label',
  })
}
