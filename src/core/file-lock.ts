import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from './clock.js'
import { LabError } from './errors.js'
import { isAlive, processIdentity, type ProcessIdentity } from './process-identity.js'

/** How to wait for another owner of a lock. */
export interface FileLockOptions {
  /** How long to wait for another owner. Default 10 s. */
  readonly timeoutMs?: number
  /** Called once when somebody else holds the lock, before waiting. */
  readonly onWait?: (owner: ProcessIdentity | undefined) => void
}

/**
 * Runs `work` while holding `path` (a file that names its owner). A lock whose owner process is gone is taken over, so a killed process blocks nobody.
 * @throws LabError `lock-timeout`
 */
export async function withFileLock<T>(path: string, work: () => T | Promise<T>, options: FileLockOptions = {}): Promise<T> {
  const until = systemClock.monotonic() + (options.timeoutMs ?? 10_000)
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!tryAcquire(path)) {
    const owner = readOwner(path)
    if (!told) options.onWait?.(owner)
    told = true
    if (systemClock.monotonic() > until)
      throw new LabError('lock-timeout', 'Another process holds the lock.', {
        received: `${path}, held by process ${owner?.pid ?? 'unknown'}`,
        expected: 'the lock to be released',
        help: 'wait for the other command to end, then run this one again',
      })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function readOwner(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity
  } catch {
    return undefined
  }
}

function tryAcquire(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(processIdentity()), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const owner = readOwner(path)
  if (owner === undefined ? isOlderThan(path, 2000) : !isAlive(owner)) stealStale(path)
  return false
}

/** A lock file without a readable owner was torn by a kill between create and write; young ones may still be in writing. */
function isOlderThan(path: string, ageMs: number): boolean {
  try {
    return systemClock.now() - statSync(path).mtimeMs > ageMs
  } catch {
    return false
  }
}

/** Removal itself is guarded, or two waiters could each remove the other's fresh lock. */
function stealStale(path: string): void {
  const guard = `${path}.steal`
  try {
    mkdirSync(guard)
  } catch {
    if (isOlderThan(guard, 2000)) rmSync(guard, { recursive: true, force: true })
    return
  }
  try {
    const owner = readOwner(path)
    if (owner === undefined ? isOlderThan(path, 2000) : !isAlive(owner)) rmSync(path, { force: true })
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}
