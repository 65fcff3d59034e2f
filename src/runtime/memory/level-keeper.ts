import type { GpuMemory } from './gpu-memory.js'
import type { HostMemory } from './host-memory.js'
import { cpuAdvice, memoryAdvice, type CpuEvent, type MemoryEvent } from './memory-event.js'
import { MEMORY_LEVELS, nextMemoryLevel, type MemoryLevel, type MemoryPolicy } from './memory-policy.js'

export interface LevelPolicies {
  readonly hostPolicy: MemoryPolicy
  readonly gpuPolicy: MemoryPolicy
  /** 0 to 1; undefined: processor load has no level. */
  readonly cpuThreshold: number | undefined
}

/** Share of its threshold by which processor load must fall before it counts as normal again. */
const CPU_MARGIN = 0.05

/** Remembers the level of the host, of each card and of the cores, and gives an event where a reading changes one. */
export class LevelKeeper {
  readonly #policies: LevelPolicies
  readonly #gpus = new Map<string, MemoryLevel>()
  #host: MemoryLevel = 'ok'
  #cpu: 'ok' | 'warn' = 'ok'

  constructor(policies: LevelPolicies) {
    this.#policies = policies
  }

  /** The highest of the host's and the cards' levels. */
  get memory(): MemoryLevel {
    const all = [this.#host, ...this.#gpus.values()]
    return MEMORY_LEVELS[Math.max(...all.map((level) => MEMORY_LEVELS.indexOf(level)))]!
  }

  host(time: number, { usedBytes, limitBytes, limitedBy }: HostMemory): MemoryEvent | undefined {
    const before = this.#host
    const level = nextMemoryLevel(before, { used: usedBytes, limit: limitBytes }, this.#policies.hostPolicy)
    this.#host = level
    if (level === before) return undefined
    const advice = memoryAdvice(level, usedBytes, limitBytes, limitedBy)
    return { time, what: 'host', level, before, usedBytes, limitBytes, limitedBy, advice }
  }

  gpu(time: number, { id, usedBytes, limitBytes }: GpuMemory): MemoryEvent | undefined {
    const before = this.#gpus.get(id) ?? 'ok'
    const level = nextMemoryLevel(before, { used: usedBytes, limit: limitBytes }, this.#policies.gpuPolicy)
    this.#gpus.set(id, level)
    if (level === before) return undefined
    return { time, what: 'gpu', level, before, usedBytes, limitBytes, gpu: id, advice: memoryAdvice(level, usedBytes, limitBytes) }
  }

  cpu(time: number, usedShare: number | undefined): CpuEvent | undefined {
    const limitShare = this.#policies.cpuThreshold
    if (limitShare === undefined || usedShare === undefined) return undefined
    const before = this.#cpu
    const level = usedShare >= limitShare * (before === 'warn' ? 1 - CPU_MARGIN : 1) ? 'warn' : 'ok'
    this.#cpu = level
    return level === before ? undefined : { time, what: 'cpu', level, before, usedShare, limitShare, advice: cpuAdvice(level, usedShare) }
  }
}
