import { cpuLoadReader } from './cpu-load.js'
import { readGpuMemory, type GpuMemory, type GpuMemorySource } from './gpu-memory.js'
import { hostMemoryReader, type HostMemory } from './host-memory.js'

/** Where `MemoryMonitor` gets its figures; tests bring their own. */
export interface MemorySampler {
  /** At once, in microseconds. */
  readonly host: (pids: readonly number[]) => HostMemory
  /** 0 to 1 since the call before. */
  readonly cpu: () => number | undefined
  /** In its own time; undefined where there is no card. */
  readonly gpus: (pids: readonly number[], signal: AbortSignal) => Promise<readonly GpuMemory[] | undefined>
}

export interface MemorySources extends GpuMemorySource {
  readonly maxBytes?: number | undefined
}

/** Reads /proc, the control groups and nvidia-smi. Elsewhere than on Linux only this process is seen, not its children. */
export function systemMemorySampler(sources: MemorySources = {}): MemorySampler {
  return {
    host: hostMemoryReader(sources),
    cpu: cpuLoadReader(sources.root),
    gpus: (pids, signal) => readGpuMemory(pids, sources, signal),
  }
}
