import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Names one process for ever: a pid alone is reused, with start time and boot it is not. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot (field 22 of /proc/<pid>/stat); empty where there is no /proc. */
  readonly startTicks: string
  readonly bootId: string
  readonly host: string
}

function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended: only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** What tells this process from every other, also from a later one with the same number: pid, start time, boot and host. */
export function processIdentity(pid: number = process.pid): ProcessIdentity {
  return { pid, startTicks: startTicks(pid) ?? '', bootId: bootId(), host: hostname() }
}

/** False when the process has certainly ended. A process of another host counts as alive: it cannot be looked at from here. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true
  if (identity.bootId !== '' && identity.bootId !== bootId()) return false
  if (identity.startTicks !== '') return startTicks(identity.pid) === identity.startTicks
  try {
    process.kill(identity.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
