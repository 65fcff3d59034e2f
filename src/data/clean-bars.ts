import { LabError } from '../core/index.js'
import type { Bars } from './bars.js'
import { completePolicy, type QualityPolicy } from './quality-policy.js'
import { qualityReport, type GapNote, type GapSummary, type QualityCheck, type QualityReport } from './quality-report.js'
import type { RawBars } from './read-raw-bars.js'
import { findGaps, type Gap } from './sessions.js'
import { formatTimeframe, mostFrequentStep } from './timeframe.js'
import { showableBars } from './show-bars.js'

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const
type Columns = Record<(typeof COLUMNS)[number], Float64Array>

const TITLES: Record<keyof QualityPolicy, string> = {
  unreadableTime: 'times that cannot be read',
  outOfOrder: 'rows out of order',
  duplicates: 'repeated rows',
  conflicts: 'rows that contradict another of the same time',
  missingPrices: 'missing prices',
  nonPositive: 'prices not above zero',
  crossed: 'high below or low above open or close',
  priceSpikes: 'price spikes: ten times or a tenth of both neighbours',
  missingVolume: 'missing volume',
  negativeVolume: 'negative volume',
  zeroVolume: 'zero volume',
  gaps: 'bars missing while the market was open',
}

const iso = (ms: number): string =>
  new Date(ms).toISOString().replace(/(T00:00:00)?\.000Z$/, (_, midnight) => (midnight === undefined ? 'Z' : ''))

/** Collects what each check found; an `error` policy stops at once. */
class Findings {
  readonly checks: QualityCheck[] = []
  constructor(
    readonly policy: QualityPolicy,
    readonly symbol: string,
  ) {}

  add(check: keyof QualityPolicy, found: number, where: readonly (number | string)[], done: string): void {
    const policy = this.policy[check]
    const examples = where.slice(0, 3).map((at) => (typeof at === 'string' ? at : iso(at)))
    if (found > 0 && policy === 'error')
      throw new LabError(
        `bars-${check.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
        `The bars of ${this.symbol} have ${TITLES[check]}.`,
        {
          received: `${found}, for example ${examples.join(', ')}`,
          expected: `none (policy ${check}: 'error')`,
          help: `correct the file, or choose another policy: loadBars({ policy: { ${check}: '${OTHER[check]}' } })`,
        },
      )
    this.checks.push({ check, title: TITLES[check], found, policy, done: found === 0 ? '' : done, examples })
  }
}

const OTHER: Record<keyof QualityPolicy, string> = {
  unreadableTime: 'drop',
  outOfOrder: 'sort',
  duplicates: 'drop',
  conflicts: 'last',
  missingPrices: 'drop',
  nonPositive: 'drop',
  crossed: 'widen',
  priceSpikes: 'keep',
  missingVolume: 'keep',
  negativeVolume: 'missing',
  zeroVolume: 'keep',
  gaps: 'keep',
}

/**
 * Brings raw bars into order (time strictly increasing) and checks them, fault by fault, each by its policy. The raw columns are not changed.
 * @throws LabError `bars-<check>` where a fault meets the policy 'error'; `too-few-rows` when fewer than two bars are left; `unknown-policy`
 */
export function cleanBars(raw: RawBars, given: Partial<QualityPolicy> = {}): { bars: Bars; quality: QualityReport } {
  const findings = new Findings(completePolicy(given), raw.symbol)
  const { rows, order } = orderedRows(raw, findings)
  const unique = dropRepeats(raw, rows, findings)
  let columns = pick(raw, unique)
  columns = checkPrices(columns, findings)
  columns = checkVolume(columns, raw.hasVolume, findings)
  if (columns.time.length < 2)
    throw new LabError('too-few-rows', `Only ${columns.time.length} of ${raw.time.length} rows of ${raw.symbol} are usable bars.`, {
      received: [
        `${raw.time.length} rows`,
        ...findings.checks.filter((check) => check.found > 0).map((check) => `${check.title}: ${check.found}`),
      ].join('; '),
      expected: 'at least two bars with a time and four prices',
      help: "look at the file, or map its columns: loadBars({ columns: { time: '...', close: '...' } })",
    })
  const timeframeMs = mostFrequentStep(columns.time)
  const gaps = findGaps(columns.time, timeframeMs)
  columns = checkGaps(columns, gaps, timeframeMs, findings)
  const quality = qualityReport({
    symbol: raw.symbol,
    timeframe: formatTimeframe(timeframeMs),
    rowsRead: raw.time.length,
    rowsKept: columns.time.length,
    order,
    checks: findings.checks,
    gaps: summarise(gaps),
    hasVolume: raw.hasVolume,
    notes: notes(raw, columns.time, timeframeMs),
  })
  return { bars: showableBars({ symbol: raw.symbol, timeframeMs, ...columns }), quality }
}

function notes(raw: RawBars, time: Float64Array, timeframeMs: number): string[] {
  let regular = 0
  for (let i = 1; i < time.length; i++) if ((time[i]! - time[i - 1]!) % timeframeMs === 0) regular++
  const share = regular / (time.length - 1)
  return [
    ...raw.facts.notes,
    ...(raw.absentRows > 0 ? [`${raw.absentRows} rows of the table lie before the first or after the last bar of ${raw.symbol}`] : []),
    ...(raw.notNumbers > 0 ? [`${raw.notNumbers} cells hold text where a number belongs; they count as missing`] : []),
    ...(share < 0.99
      ? [`the bars are irregular: ${((1 - share) * 100).toFixed(1)} % of the distances are no multiple of ${formatTimeframe(timeframeMs)}`]
      : []),
  ]
}

/** Rows with a time, in order of time; rows of equal time stay in the order of the file. */
function orderedRows(raw: RawBars, findings: Findings): { rows: number[]; order: QualityReport['order'] } {
  const { time } = raw
  const rows: number[] = []
  for (let i = 0; i < time.length; i++) if (!Number.isNaN(time[i]!)) rows.push(i)
  const lost = time.length - rows.length
  findings.add('unreadableTime', lost, raw.unreadableTimes, `dropped ${lost} rows`)
  const up: number[] = []
  const down: number[] = []
  for (let k = 1; k < rows.length; k++) {
    const step = time[rows[k]!]! - time[rows[k - 1]!]!
    if (step !== 0) (step > 0 ? up : down).push(time[rows[k]!]!)
  }
  // The file runs the way most of its rows do; those that go the other way are the fault.
  const against = down.length > up.length ? up : down
  const unsorted = against.length * 10 > up.length + down.length
  const order = unsorted ? 'unsorted' : down.length > up.length ? 'newest first' : 'oldest first'
  findings.add('outOfOrder', against.length, against, 'sorted by time')
  if (down.length > 0) rows.sort((a, b) => time[a]! - time[b]! || a - b)
  return { rows, order }
}

/** One row a time: equal ones are dropped, contradicting ones settled by the policy. */
function dropRepeats(raw: RawBars, rows: readonly number[], findings: Findings): number[] {
  const kept: number[] = []
  const repeated: number[] = []
  const contradicting: number[] = []
  for (const row of rows) {
    const before = kept.at(-1)
    if (before === undefined || raw.time[before] !== raw.time[row]) kept.push(row)
    else if (COLUMNS.every((name) => Object.is(raw[name][before], raw[name][row]))) repeated.push(raw.time[row]!)
    else {
      contradicting.push(raw.time[row]!)
      if (findings.policy.conflicts === 'last') kept[kept.length - 1] = row
    }
  }
  findings.add('duplicates', repeated.length, repeated, `dropped ${repeated.length} rows`)
  findings.add('conflicts', contradicting.length, contradicting, `kept the ${findings.policy.conflicts} of the file`)
  return kept
}

const pick = (source: Columns, rows: readonly number[]): Columns =>
  Object.fromEntries(COLUMNS.map((name) => [name, Float64Array.from(rows, (row) => source[name][row]!)])) as Columns

const rowsWhere = (columns: Columns, test: (i: number) => boolean): number[] => {
  const rows: number[] = []
  for (let i = 0; i < columns.time.length; i++) if (test(i)) rows.push(i)
  return rows
}

const without = (columns: Columns, rows: readonly number[]): Columns => {
  const gone = new Set(rows)
  return pick(
    columns,
    rowsWhere(columns, (i) => !gone.has(i)),
  )
}

function checkPrices(start: Columns, findings: Findings): Columns {
  let columns = start
  const { policy } = findings
  const record = (check: 'missingPrices' | 'nonPositive' | 'crossed' | 'priceSpikes', rows: readonly number[]): void => {
    const done = { drop: 'dropped', keep: 'kept', fill: 'filled', widen: 'widened', error: '' }[policy[check]]
    findings.add(check, rows.length, timesOf(columns, rows), `${done} ${rows.length} bars`)
  }
  const isMissing = (i: number): boolean => !isFinite(columns.open[i]! + columns.high[i]! + columns.low[i]! + columns.close[i]!)
  const missing = rowsWhere(columns, isMissing)
  record('missingPrices', missing)
  if (missing.length > 0 && policy.missingPrices === 'fill') columns = fillMissing(columns, missing)
  else if (missing.length > 0 && policy.missingPrices === 'drop') columns = without(columns, missing)
  const nonPositive = rowsWhere(columns, (i) => Math.min(columns.open[i]!, columns.high[i]!, columns.low[i]!, columns.close[i]!) <= 0)
  record('nonPositive', nonPositive)
  if (nonPositive.length > 0 && policy.nonPositive === 'drop') columns = without(columns, nonPositive)
  const crossed = rowsWhere(
    columns,
    (i) =>
      columns.high[i]! < Math.max(columns.open[i]!, columns.close[i]!) || columns.low[i]! > Math.min(columns.open[i]!, columns.close[i]!),
  )
  record('crossed', crossed)
  if (crossed.length > 0 && policy.crossed === 'drop') columns = without(columns, crossed)
  if (crossed.length > 0 && policy.crossed === 'widen')
    for (const i of crossed) {
      const prices = [columns.open[i]!, columns.high[i]!, columns.low[i]!, columns.close[i]!]
      columns.high[i] = Math.max(...prices)
      columns.low[i] = Math.min(...prices)
    }
  const spikes = rowsWhere(columns, (i) => isSpike(columns.close, i))
  record('priceSpikes', spikes)
  return spikes.length > 0 && policy.priceSpikes === 'drop' ? without(columns, spikes) : columns
}

const SPIKE = 10

/** Beside both neighbours: a split or a crash, which stays where it went, is none. */
function isSpike(close: Float64Array, i: number): boolean {
  if (i === 0 || i === close.length - 1) return false
  const [a, b] = [close[i]! / close[i - 1]!, close[i]! / close[i + 1]!]
  return (a > SPIKE && b > SPIKE) || (a > 0 && b > 0 && a < 1 / SPIKE && b < 1 / SPIKE)
}

const timesOf = (columns: Columns, rows: readonly number[]): number[] => rows.slice(0, 3).map((row) => columns.time[row]!)

/** A bar without prices becomes flat at the last known close, as if nothing was traded; before the first known close it is dropped. */
function fillMissing(columns: Columns, missing: readonly number[]): Columns {
  let first = 0
  while (first < missing.length && missing[first] === first) first++
  for (const i of missing.slice(first)) flatBar(columns, i, columns.close[i - 1]!)
  return without(columns, missing.slice(0, first))
}

function flatBar(columns: Columns, i: number, price: number): void {
  columns.open[i] = price
  columns.high[i] = price
  columns.low[i] = price
  columns.close[i] = price
  columns.volume[i] = 0
}

function checkVolume(start: Columns, hasVolume: boolean, findings: Findings): Columns {
  let columns = start
  const { policy } = findings
  const negative = rowsWhere(columns, (i) => columns.volume[i]! < 0)
  const what = { drop: 'dropped', keep: 'kept', missing: 'made missing', zero: 'set to 0', error: '' }
  findings.add('negativeVolume', negative.length, timesOf(columns, negative), `${what[policy.negativeVolume]} ${negative.length}`)
  if (negative.length > 0 && policy.negativeVolume === 'drop') columns = without(columns, negative)
  if (policy.negativeVolume === 'missing') for (const i of negative) columns.volume[i] = NaN
  const missing = hasVolume ? rowsWhere(columns, (i) => !isFinite(columns.volume[i]!)) : []
  findings.add('missingVolume', missing.length, timesOf(columns, missing), `${what[policy.missingVolume]} ${missing.length}`)
  if (missing.length > 0 && policy.missingVolume === 'drop') columns = without(columns, missing)
  else for (const i of missing) columns.volume[i] = policy.missingVolume === 'zero' ? 0 : NaN
  const zero = rowsWhere(columns, (i) => columns.volume[i] === 0)
  findings.add('zeroVolume', zero.length, timesOf(columns, zero), `${what[policy.zeroVolume]} ${zero.length}`)
  return zero.length > 0 && policy.zeroVolume === 'drop' ? without(columns, zero) : columns
}

function checkGaps(columns: Columns, gaps: readonly Gap[], timeframeMs: number, findings: Findings): Columns {
  const unexpected = gaps.filter((gap) => gap.unexpectedBars > 0)
  const missing = unexpected.reduce((sum, gap) => sum + gap.unexpectedBars, 0)
  const done = findings.policy.gaps === 'fill' ? `filled ${unexpected.length} gaps with flat bars` : 'kept'
  findings.add(
    'gaps',
    missing,
    unexpected.map((gap) => gap.from),
    done,
  )
  return findings.policy.gaps === 'fill' && missing > 0 ? fillGaps(columns, unexpected, timeframeMs) : columns
}

/** Flat bars at the last close through the whole of each unexpected gap. */
function fillGaps(columns: Columns, gaps: readonly Gap[], timeframeMs: number): Columns {
  const added = gaps.reduce((sum, gap) => sum + gap.missingBars, 0)
  const out = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(columns.time.length + added)])) as Columns
  let row = 0
  let next = 0
  for (let i = 0; i < columns.time.length; i++) {
    for (const name of COLUMNS) out[name][row] = columns[name][i]!
    row++
    const gap = gaps[next]
    if (gap === undefined || gap.from !== columns.time[i]! + timeframeMs) continue
    for (let k = 0; k < gap.missingBars; k++, row++) {
      out.time[row] = gap.from + k * timeframeMs
      flatBar(out, row, columns.close[i]!)
    }
    next++
  }
  return out
}

function summarise(gaps: readonly Gap[]): GapSummary {
  const unexpected = gaps.filter((gap) => gap.unexpectedBars > 0)
  const shown = (gap: Gap): GapNote => ({
    from: iso(gap.from),
    to: iso(gap.to),
    missingBars: gap.missingBars,
    unexpectedBars: gap.unexpectedBars,
  })
  const longest = gaps.reduce<Gap | undefined>(
    (best, gap) => (best === undefined || gap.missingBars > best.missingBars ? gap : best),
    undefined,
  )
  return {
    gaps: gaps.length,
    missingBars: gaps.reduce((sum, gap) => sum + gap.missingBars, 0),
    unexpectedGaps: unexpected.length,
    unexpectedBars: unexpected.reduce((sum, gap) => sum + gap.unexpectedBars, 0),
    longest: longest === undefined ? undefined : shown(longest),
    worst: [...unexpected]
      .sort((a, b) => b.unexpectedBars - a.unexpectedBars)
      .slice(0, 5)
      .map(shown),
  }
}
