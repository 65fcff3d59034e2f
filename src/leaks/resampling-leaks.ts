import { createRng } from '../core/index.js'
import { formatTimeframe, type Bars } from '../data/index.js'
import { spreadCuts } from './cut-points.js'
import { FirstDifferences } from './first-differences.js'
import { isoTime, type Leak, type LeakCheck, type LeakEvidence } from './leak.js'
import { alteredAfter, closedBy, stretch } from './market.js'

/** What makes longer bars, and the bars to try it on. */
export interface ResamplingSubject {
  readonly name: string
  /** Longer bars, labelled by their open time: `(bars) => resample(bars, '4h')`. */
  readonly resample: (bars: Bars) => Bars
  readonly bars: Bars
}

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const

/**
 * Tests that longer bars are labelled rightly: a bar that, by its label and length, has closed at a cut must not change when the shorter bars after the cut are altered or removed.
 */
export function checkResampling(
  { name, resample, bars }: ResamplingSubject,
  { seed = 0, cuts = 200 }: { seed?: number; cuts?: number } = {},
): LeakCheck {
  const market = { bars, others: [] }
  const full = resample(bars)
  let leak: Leak | undefined
  let compared = 0
  const points = spreadCuts(bars.time.length, cuts, createRng(seed, 'leaks/resampling'))
  const look = (evidence: LeakEvidence, other: Bars, moment: number): void => {
    const rows = closedBy(full, moment)
    compared += rows * COLUMNS.length
    const end = Math.min(rows, leak?.bar ?? rows)
    for (let k = 0; k < end; k++) {
      if (!COLUMNS.some((column) => FirstDifferences.differs(full[column][k]!, other[column][k] ?? Infinity))) continue
      const detail = 'a longer bar holds shorter ones that end after it'
      leak = { column: name, bar: k, time: isoTime(full.time[k]), evidence, detail, nearestBars: null, reachBars: null }
      break
    }
  }
  for (const cut of points) {
    const moment = bars.time[cut - 1]! + bars.timeframeMs
    look('later bars removed', resample(stretch(market, 0, cut).bars), moment)
    look('later bars altered', resample(alteredAfter(market, cut, createRng(seed, `leaks/resampling/${cut}`)).bars), moment)
  }
  return {
    ...{ kind: 'resampling', subject: `${bars.symbol} ${formatTimeframe(bars.timeframeMs)} to ${formatTimeframe(full.timeframeMs)}` },
    columns: [name],
    methods: [
      { name: 'whole series cut', points: points.length, everyBar: points.length === bars.time.length - 1, comparedValues: compared },
    ],
    leaks: leak === undefined ? [] : [leak],
  }
}
