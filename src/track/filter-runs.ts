import { EXIT, LabError, nearestName, systemClock, type Clock } from '../core/index.js'
import type { RunSummary } from './list-runs.js'
import { RUN_KINDS, RUN_STATUSES } from './run-record.js'

/** Which runs to list. */
export interface RunFilter {
  /** Part of the name. */
  readonly name?: string
  readonly status?: readonly string[]
  /** `pipeline`, `graph`, `notebook` or `script`. */
  readonly kind?: readonly string[]
  /** A run must have each of them. */
  readonly tag?: readonly string[]
  /** Started at this moment or later: a date (UTC), or a time back from now: `7d`, `12h`, `30m`. */
  readonly since?: string
}

const STATUSES: readonly string[] = [...RUN_STATUSES, 'unreadable']
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Runs that fulfil every part of the filter, in their order. @throws LabError `bad-status`, `bad-kind`, `bad-since` */
export function filterRuns(runs: readonly RunSummary[], filter: RunFilter, clock: Clock = systemClock): RunSummary[] {
  const { name, status = [], kind = [], tag = [], since } = filter
  checkStatuses(status)
  checkWords('bad-kind', 'kind', kind, RUN_KINDS)
  const from = since === undefined ? -Infinity : parseSince(since, clock)
  return runs.filter(
    (run) =>
      (name === undefined || run.name.includes(name)) &&
      (status.length === 0 || status.includes(run.status)) &&
      (kind.length === 0 || (run.kind !== undefined && kind.includes(run.kind))) &&
      tag.every((wanted) => run.tags.includes(wanted)) &&
      (since === undefined || (run.startedAt !== undefined && Date.parse(run.startedAt) >= from)),
  )
}

/** Refuses a status that no run can have, and names the nearest one. @throws LabError `bad-status` */
export const checkStatuses = (given: readonly string[]): void => checkWords('bad-status', 'status', given, STATUSES)

function checkWords(code: string, what: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((word) => !known.includes(word))
  if (unknown === undefined) return
  const near = nearestName(unknown, known)
  throw new LabError(code, `There is no such ${what}.`, {
    received: unknown,
    expected: known.join(', '),
    help: near === undefined ? `--${what} ${known[0]}` : `did you mean ${near}?`,
    exitCode: EXIT.usage,
  })
}

/** ms since the epoch. @throws LabError `bad-since` */
export function parseSince(text: string, clock: Clock = systemClock): number {
  const back = /^(\d+)([mhdw])$/.exec(text)
  if (back !== null) return clock.now() - Number(back[1]) * UNIT_MS[back[2] as keyof typeof UNIT_MS]
  // Without a time of day Date.parse takes UTC, with one and without a zone the machine's own; both shall be UTC.
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?Z?$/.test(text) ? zulu(text) : ''
  const time = Date.parse(date)
  if (Number.isFinite(time)) return time
  throw new LabError('bad-since', 'This is no moment that runs can be listed from.', {
    received: text,
    expected: 'a date (2026-11-21, or 2026-11-21T06:30, UTC) or a time back from now (30m, 12h, 7d, 2w)',
    help: '--since 7d',
    exitCode: EXIT.usage,
  })
}

const zulu = (text: string): string => `${text.replace(' ', 'T').replace(/Z$/, '')}Z`
