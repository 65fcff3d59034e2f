import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileError, runsFolder, syncFolder, systemClock, withFileLock, type Clock } from '../core/index.js'
import { appendEvent } from './event-log.js'
import { folderBytes } from './folder-bytes.js'
import { summarizeRun } from './list-runs.js'
import { protection, type PrunePlan } from './prune-plan.js'
import { KEEP_TAG } from './run-tags.js'

const LEFT = '.pruning-'

export interface PruneResult {
  readonly removed: readonly { readonly id: string; readonly bytes: number }[]
  /** Runs that were started again or tagged between plan and deed. */
  readonly spared: readonly { readonly id: string; readonly reason: string }[]
}

/**
 * Does what the plan says. Each folder is renamed to one that no list shows before anything of it is removed: a kill leaves a run whole or gone. What such a kill left behind
 * is removed too. Each run is looked at again first.
 * @param keepTags tags that protect, beside `keep`
 * @throws LabError `not-writable`, `lock-timeout`
 */
export async function pruneRuns(plan: PrunePlan, keepTags: readonly string[] = [], clock: Clock = systemClock): Promise<PruneResult> {
  const removed: { id: string; bytes: number }[] = []
  const spared: { id: string; reason: string }[] = []
  for (const { run, bytes } of plan.items) {
    if (!existsSync(run.folder)) continue
    // The lock under which a run is resumed: it cannot come to life between the look and the rename.
    await withFileLock(join(run.folder, 'run.json.lock'), () => {
      const reason = protection(summarizeRun(run.folder, clock), [KEEP_TAG, ...keepTags])
      if (reason !== undefined) return void spared.push({ id: run.id, reason })
      if (plan.modelsOnly) appendEvent(run.folder, { time: new Date(clock.now()).toISOString(), type: 'models-pruned', bytes })
      setAside(plan.modelsOnly ? join(run.folder, 'fits') : run.folder, run.id)
      removed.push({ id: run.id, bytes })
    })
  }
  sweepPruned()
  return { removed, spared }
}

function setAside(folder: string, id: string): void {
  try {
    renameSync(folder, join(runsFolder(), `${LEFT}${id}-${randomBytes(4).toString('hex')}`))
    syncFolder(dirname(folder))
    syncFolder(runsFolder())
  } catch (error) {
    throw fileError(error, folder)
  }
}

const leftovers = (): string[] =>
  existsSync(runsFolder())
    ? readdirSync(runsFolder())
        .filter((name) => name.startsWith(LEFT))
        .map((name) => join(runsFolder(), name))
    : []

/** Bytes that a prune which was killed has left behind; the next one removes them. */
export const leftoverBytes = (): number => leftovers().reduce((sum, folder) => sum + folderBytes(folder), 0)

function sweepPruned(): void {
  for (const folder of leftovers()) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    } catch (error) {
      throw fileError(error, folder)
    }
  }
}
