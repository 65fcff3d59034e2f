import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TrainingConfig } from '../../config/index.js'
import { systemClock } from '../../core/index.js'
import { DAY_MS } from '../../data/index.js'
import type { FitCheckpoint } from '../../models/index.js'

/** When fits of many steps write checkpoints. */
export type FitCheckpointPlan = Omit<FitCheckpoint, 'folder'>

/** Within a fold, so that a kill costs minutes even where checkpoints are asked for once a fold. */
const MINUTES_WITHIN_FOLD = 5

/** Reads `training.checkpoints`. A finished fit is always kept; this is about those in progress. Undefined: they are not. */
export function fitCheckpointPlan({ training }: Pick<TrainingConfig, 'training'>): FitCheckpointPlan | undefined {
  const { enabled, frequency, retention_days } = training.checkpoints
  if (!enabled) return undefined
  const keep = retention_days > 0 ? { keepDays: retention_days } : {}
  const [count, unit] = frequency.split(' ')
  if (unit === 'epochs') return { everyEpochs: Number(count), ...keep }
  return { everyEpochs: Infinity, everyMinutes: unit === 'minutes' ? Number(count) : MINUTES_WITHIN_FOLD, ...keep }
}

const root = (runFolder: string): string => join(runFolder, 'checkpoints')

/** One folder a fit, named by its key: other inputs are another folder. */
export const checkpointFolder = (runFolder: string, key: string): string => join(root(runFolder), key)

/** A finished fit needs its checkpoints no more. */
export function removeCheckpoints(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  try {
    rmdirSync(dirname(folder))
  } catch {
    // Others are still there, or another fit was faster.
  }
}

/** Removes checkpoints that no fit of this call would go on from and that are older than `keepDays`. */
export function sweepCheckpoints(runFolder: string, wanted: ReadonlySet<string>, keepDays = Infinity): void {
  if (!existsSync(root(runFolder))) return
  for (const key of readdirSync(root(runFolder))) {
    const folder = checkpointFolder(runFolder, key)
    if (!wanted.has(key) && systemClock.now() - statSync(folder).mtimeMs > keepDays * DAY_MS) removeCheckpoints(folder)
  }
}
