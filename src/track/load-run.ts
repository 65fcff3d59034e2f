import { basename } from 'node:path'
import { isLabError, withDisplay } from '../core/index.js'
import type { MemoryColumns } from '../runtime/index.js'
import { readEvents, type RunEvent } from './event-log.js'
import { findRun } from './find-run.js'
import { runEnd, type RunEnd } from './run-end.js'
import { readFits, type SavedFit } from './run-fits.js'
import { readMetrics, type RunMetrics } from './run-metrics.js'
import { readNotes, type RunNote } from './run-notes.js'
import { readPredictions, type RunPredictions } from './run-predictions.js'
import { readRun, type RunRecord } from './run-record.js'
import { readTags } from './run-tags.js'
import { readResources } from './resource-history.js'
import { showLoadedRun } from './show-runs.js'

/** Everything that a run has left, whichever way it ended. */
export interface LoadedRun {
  readonly id: string
  readonly folder: string
  readonly record: RunRecord
  readonly tags: readonly string[]
  readonly notes: readonly RunNote[]
  readonly events: readonly RunEvent[]
  /** Undefined where the run did not come so far, or has none. */
  readonly metrics: RunMetrics | undefined
  /** One entry a model; empty likewise. */
  readonly predictions: readonly RunPredictions[]
  readonly fits: readonly SavedFit[]
  /** Memory and processor load over time, see `readResources`; undefined where the run kept none. */
  readonly resources: MemoryColumns | undefined
  /** Where it stopped and why; undefined for a run that ended well. */
  readonly end: RunEnd | undefined
  /** What is there and cannot be read (torn, changed), in words; the rest is loaded all the same. */
  readonly problems: readonly string[]
}

/**
 * Reads a run folder: also of a run that failed, was killed or is going on. Nothing is started; fitted models are loaded by `loadRunModel`, bars by `loadRunBars`.
 * @param idOrFolder see `findRun`
 * @throws LabError `run-not-found`, `run-ambiguous`, `run-unreadable` where run.json itself cannot be read
 */
export async function loadRun(idOrFolder: string): Promise<LoadedRun> {
  const folder = findRun(idOrFolder)
  const record = readRun(folder)
  const problems: string[] = []
  const name = (error: unknown): void => {
    if (!isLabError(error)) throw error
    problems.push(`${error.message} (${error.received ?? error.code})`)
  }
  const tolerant = <T>(read: () => T, none: T): T => {
    try {
      return read()
    } catch (error) {
      name(error)
      return none
    }
  }
  const events = readEvents(folder)
  const tags = tolerant(() => readTags(folder), [])
  const metrics = tolerant(() => readMetrics(folder), undefined)
  const predictions = await readPredictions(folder).catch((error: unknown) => (name(error), []))
  const { fits, problems: brokenFits } = readFits(folder)
  const resources = tolerant(() => readResources({ folder }), undefined)
  const run: LoadedRun = {
    ...{ id: basename(folder), folder, record, tags, notes: readNotes(folder), events, metrics, predictions, fits, resources },
    end: runEnd(folder, record, events),
    problems: [...problems, ...brokenFits],
  }
  return withDisplay(run, () => showLoadedRun(run))
}
