import { readFileSync } from 'node:fs'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { memoryGroupLimit, memoryGroups } from './control-group.js'

function readNumber(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    const value = Number(text)
    return text === 'max' || !Number.isFinite(value) ? undefined : value
  } catch {
    return undefined
  }
}

/** CPU quota of the control group in cores (v2 `cpu.max`, v1 `cfs_quota`), undefined where there is none. */
function cgroupCores(): number | undefined {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ')
    if (quota !== 'max') return Number(quota) / Number(period)
  } catch {
    const quota = readNumber('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')
    const period = readNumber('/sys/fs/cgroup/cpu/cpu.cfs_period_us')
    if (quota !== undefined && quota > 0 && period !== undefined) return quota / period
  }
  return undefined
}

export interface MachineFacts {
  /** Cores this process may use: affinity and control-group quota counted in; at least 1. */
  readonly cores: number
  /** Bytes this process may use: the smaller of physical memory and the limits of its control groups. */
  readonly memoryBytes: number
  readonly freeMemoryBytes: number
}

/** What the machine gives this process, container limits included. */
export function machineFacts(): MachineFacts {
  const limits = memoryGroups().map((group) => memoryGroupLimit(group) ?? Infinity)
  return {
    cores: Math.max(1, Math.floor(Math.min(availableParallelism(), cgroupCores() ?? Infinity))),
    memoryBytes: Math.min(totalmem(), ...limits),
    freeMemoryBytes: freemem(),
  }
}
