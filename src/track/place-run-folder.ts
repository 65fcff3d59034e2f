import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileError, runsFolder, syncFolder, writeJsonAtomicSync } from '../core/index.js'
import { runFile, type RunRecord } from './run-record.js'

/** Makes the folder under a name that lists skip, then renamed: a run folder never exists without its run.json. Undefined where the id is taken. */
export function placeRunFolder(record: RunRecord): string | undefined {
  const folder = join(runsFolder(), record.id)
  const temporary = join(runsFolder(), `.creating-${record.id}-${randomBytes(4).toString('hex')}`)
  try {
    mkdirSync(temporary, { recursive: true })
    writeJsonAtomicSync(runFile(temporary), record)
    renameSync(temporary, folder)
    syncFolder(dirname(folder))
    return folder
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw fileError(error, folder)
  }
}
