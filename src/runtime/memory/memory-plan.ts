import type { TrainingConfig } from '../../config/index.js'
import { DEFAULT_MEMORY_POLICY, type MemoryPolicy } from './memory-policy.js'

/** What a configuration says about memory, as `MemoryMonitor.start` takes it. */
export interface MemoryPlan {
  /** `resources.max_memory_gb` in bytes; undefined: no limit but those of container and machine. */
  readonly maxBytes: number | undefined
  readonly hostPolicy: MemoryPolicy
  readonly gpuPolicy: MemoryPolicy
  /** 0 to 1; undefined: processor load is not looked at. */
  readonly cpuThreshold: number | undefined
}

/** One GB of the configuration: as containers and nvidia-smi count. */
const GB = 2 ** 30

/** Reads `resources.max_memory_gb`, `monitoring.memory_*` and `monitoring.cpu_threshold_percent`. The threshold in GB is of host memory alone. */
export function memoryPlan({ resources, monitoring }: Pick<TrainingConfig, 'resources' | 'monitoring'>): MemoryPlan {
  const gpuPolicy: MemoryPolicy = {
    warn: { share: monitoring.memory_warn_share },
    shrink: { share: monitoring.memory_shrink_share },
    stop: { share: monitoring.memory_stop_share },
    margin: DEFAULT_MEMORY_POLICY.margin,
  }
  const { max_memory_gb: limit } = resources
  const { memory_threshold_gb: warn, cpu_threshold_percent: percent } = monitoring
  return {
    maxBytes: limit === null ? undefined : limit * GB,
    hostPolicy: warn === null ? gpuPolicy : { ...gpuPolicy, warn: { ...gpuPolicy.warn, bytes: warn * GB } },
    gpuPolicy,
    cpuThreshold: percent === null ? undefined : percent / 100,
  }
}
