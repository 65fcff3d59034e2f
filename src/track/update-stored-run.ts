import { join } from 'node:path'
import { withFileLock, writeJsonAtomicSync } from '../core/index.js'
import { readStoredRun, runFile, type RunRecord } from './run-record.js'

/**
 * Changes run.json: one process at a time, written whole. Nothing is written where `change` returns what it was given.
 * @throws LabError `run-unreadable`, `lock-timeout`
 */
export async function updateStoredRun(folder: string, change: (record: RunRecord) => RunRecord): Promise<void> {
  // Read first: taking the lock would make a deleted folder again.
  readStoredRun(folder)
  await withFileLock(join(folder, 'run.json.lock'), () => {
    const before = readStoredRun(folder)
    const after = change(before)
    if (after !== before) writeJsonAtomicSync(runFile(folder), after)
  })
}
