import { join } from 'node:path'
import { EXIT, LabError, systemClock, type Clock } from '../core/index.js'
import { checkStatuses } from './filter-runs.js'
import { folderBytes } from './folder-bytes.js'
import type { RunSummary } from './list-runs.js'
import { KEEP_TAG } from './run-tags.js'

/** Which runs may go. */
export interface PruneOptions {
  /** The newest so many of each name stay. */
  readonly keep?: number
  /** Only runs that started more than so many days ago go. */
  readonly olderThanDays?: number
  /** Only runs of these statuses go. */
  readonly status?: readonly string[]
  /** Runs with one of these tags stay; `keep` always does so. */
  readonly keepTags?: readonly string[]
  /** Only the fitted models go (fits/): scores, predictions, report and notebook stay. */
  readonly modelsOnly?: boolean
  readonly clock?: Clock
}

/** A run that would go, and its size. */
export interface PruneItem {
  readonly run: RunSummary
  /** What it frees. */
  readonly bytes: number
}

/** What would go, and what stays and why. */
export interface PrunePlan {
  readonly modelsOnly: boolean
  readonly items: readonly PruneItem[]
  readonly bytes: number
  /** Runs that the rules would take, and why each stays all the same. */
  readonly spared: readonly { readonly run: RunSummary; readonly reason: string }[]
}

const DAY_MS = 86_400_000

/**
 * Which runs would go: those that every given rule takes, at least one rule given. Never one that is running, has a protecting tag, or whose tags cannot be read.
 * Nothing is deleted here.
 * @param runs newest first, as `listRuns` gives them
 * @throws LabError `no-prune-rule`, `bad-prune-rule`, `bad-status`
 */
export function planPrune(runs: readonly RunSummary[], options: PruneOptions): PrunePlan {
  const { keep, olderThanDays, status = [], keepTags = [], modelsOnly = false, clock = systemClock } = options
  checkRules(options)
  checkStatuses(status)
  const rank = new Map<string, number>()
  const before = clock.now() - (olderThanDays ?? 0) * DAY_MS
  const taken = runs.filter((run) => {
    const newer = rank.get(run.name) ?? 0
    rank.set(run.name, newer + 1)
    // Neither the age nor the name of an unreadable run is known: only its status can take it.
    if (run.status === 'unreadable') return status.includes('unreadable') && keep === undefined && olderThanDays === undefined
    return (
      (keep === undefined || newer >= keep) &&
      (olderThanDays === undefined || Date.parse(run.startedAt ?? '') < before) &&
      (status.length === 0 || status.includes(run.status))
    )
  })
  const protecting = [KEEP_TAG, ...keepTags]
  const sorted = taken.map((run) => ({ run, reason: protection(run, protecting) }))
  const items = sorted
    .filter(({ reason }) => reason === undefined)
    .map(({ run }) => ({ run, bytes: folderBytes(modelsOnly ? join(run.folder, 'fits') : run.folder) }))
    .filter(({ bytes }) => !modelsOnly || bytes > 0)
  return {
    modelsOnly,
    items,
    bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
    spared: sorted.flatMap(({ run, reason }) => (reason === undefined ? [] : [{ run, reason }])),
  }
}

/** Why a run must not be pruned; undefined where it may be. */
export function protection(run: RunSummary, protecting: readonly string[]): string | undefined {
  if (run.status === 'running') return 'it is running'
  const tag = run.tags.find((own) => protecting.includes(own))
  if (tag !== undefined) return `it is tagged ${tag}`
  return run.problems.some((problem) => problem.startsWith('The tags')) ? 'its tags cannot be read' : undefined
}

function checkRules({ keep, olderThanDays, status = [] }: PruneOptions): void {
  const usage = (code: string, message: string, received: string): LabError =>
    new LabError(code, message, {
      received,
      expected: '--keep N (newest of each name), --older-than DAYS, --status failed, or several of them (a run goes where all agree)',
      help: 'npm run runs -- prune --keep 3',
      exitCode: EXIT.usage,
    })
  if (keep === undefined && olderThanDays === undefined && status.length === 0)
    throw usage('no-prune-rule', 'Nothing says which runs may go.', 'no rule')
  if (keep !== undefined && (!Number.isInteger(keep) || keep < 0))
    throw usage('bad-prune-rule', 'So many runs cannot be kept.', `--keep ${keep}`)
  if (olderThanDays !== undefined && !(olderThanDays >= 0))
    throw usage('bad-prune-rule', 'This is no age in days.', `--older-than ${olderThanDays}`)
}
