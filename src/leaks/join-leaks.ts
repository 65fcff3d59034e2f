import { LabError } from '../core/index.js'
import { formatTimeframe, type Bars } from '../data/index.js'
import { isoTime, type Leak, type LeakCheck } from './leak.js'

/** A join of another series, and both series. */
export interface JoinSubject {
  readonly name: string
  /** A column of `other` carried on the bars: one value a bar, NaN where there is none. */
  readonly join: (bars: Bars, other: Bars) => ArrayLike<number>
  readonly bars: Bars
  /** Another symbol, or longer bars of the same one. */
  readonly other: Bars
}

/**
 * Tests a join exactly, at every bar: the bars of `other` are numbered, their prices and volume replaced by that number, and joined. So it can be read off which bar each row got,
 * and that bar must have closed when the row's did.
 * @throws LabError `not-a-join` where values are made out of several bars, `bad-transform`
 */
export function checkJoin({ name, join, bars, other }: JoinSubject): LeakCheck {
  const number = other.time.map((_, k) => k)
  const joined = join(bars, { ...other, open: number, high: number, low: number, close: number, volume: number })
  const n = bars.time.length
  if (joined.length !== n)
    throw new LabError('bad-transform', 'The join does not give one value a bar.', {
      received: `${joined.length} values`,
      expected: String(n),
      help: 'give NaN where the other series has nothing',
    })
  let leak: Leak | undefined
  for (let i = 0; i < n && leak === undefined; i++) {
    const k = joined[i]!
    if (Number.isNaN(k)) continue
    const opened = other.time[k]
    if (opened === undefined)
      throw new LabError('not-a-join', 'The values are not those of one bar each.', {
        received: `${k} at bar ${i}, from bars numbered 0 to ${number.length - 1}`,
        expected: 'the number of the bar it was taken from',
        help: 'check what computes with the values with checkFeatures',
      })
    const late = opened + other.timeframeMs - (bars.time[i]! + bars.timeframeMs)
    if (late <= 0) continue
    const detail = `gets the ${formatTimeframe(other.timeframeMs)} bar of ${isoTime(opened)}, which closes ${formatTimeframe(late)} later`
    leak = { column: name, bar: i, time: isoTime(bars.time[i]), evidence: 'read off', detail, nearestBars: null, reachBars: null }
  }
  const subject = `${other.symbol} ${formatTimeframe(other.timeframeMs)} on ${bars.symbol} ${formatTimeframe(bars.timeframeMs)}`
  const methods = [{ name: 'numbered bars', points: n, everyBar: true, comparedValues: n }]
  return { kind: 'join', subject, columns: [name], methods, leaks: leak === undefined ? [] : [leak] }
}
