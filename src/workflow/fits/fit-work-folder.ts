import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, processIdentity, systemClock, writeJsonAtomicSync, type ProcessIdentity } from '../../core/index.js'

/** Where one call keeps what it has not finished. It names the process of the call and its workers for {@link sweepWorkFolders}. */
export interface WorkFolder {
  readonly path: string
  /** To be called with each worker before it gets a job. */
  addWorker(pid: number): void
  remove(): void
}

export function openWorkFolder(fits: string): WorkFolder {
  const { pid, startTicks } = processIdentity()
  const path = join(fits, `work-${pid}-${startTicks}-${Math.round(systemClock.monotonic() * 1000)}.tmp`)
  mkdirSync(path, { recursive: true })
  writeJsonAtomicSync(join(path, 'owner.json'), processIdentity())
  return {
    path,
    addWorker: (worker) => writeJsonAtomicSync(join(path, `worker-${worker}.json`), processIdentity(worker)),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/**
 * Clears away what killed calls left. A worker that outlives its parent ends by itself at its next batch; here it is ended at once, because
 * it computes for nobody and would write into folders that are being removed.
 */
export async function sweepWorkFolders(fits: string): Promise<void> {
  if (!existsSync(fits)) return
  for (const name of readdirSync(fits).filter((entry) => entry.startsWith('work-'))) {
    const folder = join(fits, name)
    const owner = readIdentity(join(folder, 'owner.json'))
    if (owner === undefined ? isYoung(folder) : isAlive(owner)) continue
    for (const file of readdirSync(folder).filter((entry) => entry.startsWith('worker-'))) {
      const worker = readIdentity(join(folder, file))
      if (worker !== undefined) await endOrphan(worker)
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

async function endOrphan(worker: ProcessIdentity): Promise<void> {
  while (isAlive(worker)) {
    try {
      process.kill(worker.pid, 'SIGKILL')
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity
  } catch {
    return undefined
  }
}

/** A folder without an owner was left by a kill while it was being made, or is being made now. */
function isYoung(folder: string): boolean {
  try {
    return systemClock.now() - statSync(folder).mtimeMs < 10_000
  } catch {
    return true
  }
}
