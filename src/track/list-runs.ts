import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isLabError, runsFolder, studiesFolder, systemClock, withDisplay, type Clock } from '../core/index.js'
import { bestModel, readMetrics, verdictOf } from './run-metrics.js'
import { readNotes } from './run-notes.js'
import { readRun, type RunKind, type RunStatus } from './run-record.js'
import { readTags } from './run-tags.js'
import { showRuns } from './show-runs.js'

/** What a list of runs says about each. */
export interface RunSummary {
  readonly id: string
  readonly folder: string
  readonly name: string
  readonly kind?: RunKind
  readonly status: RunStatus | 'unreadable'
  readonly startedAt?: string
  readonly finishedAt?: string
  /** Seconds of the latest attempt; so far for a running one, absent where the end is not known. */
  readonly seconds?: number
  readonly headline?: string
  readonly tags: readonly string[]
  /** How many notes it has, and the latest. */
  readonly notes: number
  readonly latestNote?: string
  /** The model with the highest pooled AUC, where metrics.json has one. */
  readonly best?: { readonly model: string; readonly auc: number }
  readonly verdict?: string
  /** Files of the run that cannot be read, in words. */
  readonly problems: readonly string[]
}

/** Ids of all runs. Names starting with a dot are folders being made or removed (or left so by a kill); studies are no runs. */
export function runIds(): string[] {
  const folder = runsFolder()
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && join(folder, entry.name) !== studiesFolder())
    .map(({ name }) => name)
}

/** Every folder of the runs folder, newest first; one without a readable run.json has status `unreadable` and comes last. */
export function listRuns(clock: Clock = systemClock): RunSummary[] {
  const runs = runIds()
    .map((id) => summarizeRun(join(runsFolder(), id), clock))
    .sort((a, b) => compare(b.startedAt ?? '', a.startedAt ?? '') || compare(b.id, a.id))
  return withDisplay(runs, () => showRuns(runs))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** One line of the list. Never throws for what a run's files hold: what cannot be read is named in `problems`. */
export function summarizeRun(folder: string, clock: Clock = systemClock): RunSummary {
  const id = basename(folder)
  const problems: string[] = []
  const tolerant = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      problems.push(isLabError(error) ? `${error.message} (${error.received ?? ''})` : String(error))
      return undefined
    }
  }
  const run = tolerant(() => readRun(folder))
  const tags = tolerant(() => readTags(folder)) ?? []
  const notes = tolerant(() => readNotes(folder)) ?? []
  const own = { tags, notes: notes.length, ...(notes.length > 0 && { latestNote: notes.at(-1)!.text }) }
  if (run === undefined) return { id, folder, name: id, status: 'unreadable', ...own, problems }
  const metrics = tolerant(() => readMetrics(folder))
  const best = bestModel(metrics)
  const verdict = verdictOf(metrics)
  const from = Date.parse(run.resumedAt?.at(-1) ?? run.startedAt)
  const to = run.finishedAt !== undefined ? Date.parse(run.finishedAt) : run.status === 'running' ? clock.now() : undefined
  const headline = run.outcome?.headline ?? run.error?.message
  return {
    id,
    folder,
    name: run.name,
    kind: run.kind,
    status: run.status,
    startedAt: run.startedAt,
    ...(run.finishedAt !== undefined && { finishedAt: run.finishedAt }),
    ...(to !== undefined && { seconds: (to - from) / 1000 }),
    ...(headline !== undefined && { headline }),
    ...own,
    ...(best !== undefined && { best: { model: best.model, auc: best.pooled.auc! } }),
    ...(verdict !== undefined && { verdict }),
    problems,
  }
}
