import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { memoryGroupLimit, memoryGroups, memoryGroupUse, type MemoryGroup } from '../../core/index.js'

/** Memory of one process, in bytes. */
export interface ProcessMemory {
  readonly pid: number
  /** All resident pages, as `top` shows them. */
  readonly residentBytes: number
  /**
   * Resident pages that the kernel cannot drop: without those of mapped files (libraries, the arrays of datasets), which are read again when needed and which
   * several processes share. Equal to `residentBytes` where the kernel does not tell them apart.
   */
  readonly heldBytes: number
}

/** What sets the limit: the configuration, a control group (container), or the machine itself. */
export type HostLimit = 'configured' | 'control-group' | 'machine'

/** Host memory of this training: this process and its children together. */
export interface HostMemory {
  readonly processes: readonly ProcessMemory[]
  /** Sum of `heldBytes`. */
  readonly usedBytes: number
  /** Sum of `residentBytes`: shared pages count in every process. */
  readonly residentBytes: number
  /** What these processes may hold at most: the smallest of `limits`. */
  readonly limitBytes: number
  readonly limitedBy: HostLimit
  /**
   * Bytes these processes may hold, by each limit: what is configured; what they hold and what is left in the tightest control group; the same for the machine.
   * What others hold is so taken off.
   */
  readonly limits: { readonly [limit in HostLimit]?: number }
  /** Memory of the whole machine that can be had without swapping. */
  readonly freeBytes: number
}

export interface HostMemorySource {
  /** Folder that stands for `/`. */
  readonly root?: string
  /** `resources.max_memory_gb` in bytes; undefined: no limit but the machine's. */
  readonly maxBytes?: number | undefined
}

/** Makes the reader of host memory; control groups are looked up once, their limits are read each time. Microseconds a call, see bench/memory-monitor.ts. */
export function hostMemoryReader({ root = '/', maxBytes }: HostMemorySource = {}): (pids: readonly number[]) => HostMemory {
  const groups = memoryGroups(root)
  return (pids) => {
    const processes = [...new Set(pids)].flatMap((pid) => readProcessMemory(pid, root) ?? [])
    const usedBytes = sum(processes.map(({ heldBytes }) => heldBytes))
    const freeBytes = readFree(root)
    const left = leftInGroups(groups)
    const limits: [HostLimit, number][] = [
      ...(maxBytes === undefined ? [] : [['configured', maxBytes] satisfies [HostLimit, number]]),
      ...(left === undefined ? [] : [['control-group', usedBytes + left] satisfies [HostLimit, number]]),
      ['machine', usedBytes + freeBytes],
    ]
    const [limitedBy, limitBytes] = limits.reduce((a, b) => (b[1] < a[1] ? b : a))
    const residentBytes = sum(processes.map((one) => one.residentBytes))
    return { processes, usedBytes, residentBytes, limitBytes, limitedBy, limits: Object.fromEntries(limits), freeBytes }
  }
}

/** Memory of one process; undefined where it has ended or there is no /proc (then only this process can be asked). */
export function readProcessMemory(pid: number, root = '/'): ProcessMemory | undefined {
  const status = readText(join(root, 'proc', String(pid), 'status'))
  const resident = status === undefined ? undefined : kibOf(status, 'VmRSS')
  if (resident !== undefined) return { pid, residentBytes: resident, heldBytes: resident - (kibOf(status!, 'RssFile') ?? 0) }
  if (root !== '/' || pid !== process.pid) return undefined
  const rss = process.memoryUsage.rss()
  return { pid, residentBytes: rss, heldBytes: rss }
}

/** Bytes left in the tightest group; undefined where none has a limit. */
function leftInGroups(groups: readonly MemoryGroup[]): number | undefined {
  const left = groups.flatMap((group) => {
    const limit = memoryGroupLimit(group)
    const used = limit === undefined ? undefined : memoryGroupUse(group)
    return used === undefined ? [] : [Math.max(0, limit! - used)]
  })
  return left.length === 0 ? undefined : Math.min(...left)
}

/** MemAvailable counts what the kernel can take back from caches; the operating system's own "free" does not, and stands in only where there is no /proc. */
function readFree(root: string): number {
  const text = readText(join(root, 'proc/meminfo'))
  if (text === undefined) return freemem()
  return kibOf(text, 'MemAvailable') ?? kibOf(text, 'MemFree') ?? freemem()
}

function kibOf(text: string, name: string): number | undefined {
  // Searched by hand: a sample is taken every second, next to a training.
  const at = text.startsWith(`${name}:`) ? 0 : text.indexOf(`\n${name}:`) + 1
  if (at === 0 && !text.startsWith(`${name}:`)) return undefined
  const value = parseInt(text.slice(at + name.length + 1, at + name.length + 30), 10)
  return Number.isNaN(value) ? undefined : value * 1024
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
