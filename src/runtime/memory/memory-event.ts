import type { HostLimit } from './host-memory.js'
import type { MemoryLevel } from './memory-policy.js'

/** The level of memory use changed; 'ok' when it is over. */
export interface MemoryEvent {
  /** ms since the epoch. */
  readonly time: number
  readonly what: 'host' | 'gpu'
  readonly level: MemoryLevel
  readonly before: MemoryLevel
  readonly usedBytes: number
  readonly limitBytes: number
  /** Host: which limit is in force. */
  readonly limitedBy?: HostLimit
  /** Card or MIG device. */
  readonly gpu?: string
  /** One sentence for a person. */
  readonly advice: string
}

/** All cores together became busier than the threshold, or no longer are. */
export interface CpuEvent {
  readonly time: number
  readonly what: 'cpu'
  readonly level: 'ok' | 'warn'
  readonly before: 'ok' | 'warn'
  readonly usedShare: number
  readonly limitShare: number
  readonly advice: string
}

export type ResourceEvent = MemoryEvent | CpuEvent

export const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(bytes < 10 * 2 ** 30 ? 2 : 1)} GiB`

const HOST_CURE: Record<HostLimit, string> = {
  configured: 'raise resources.max_memory_gb, or lower resources.max_workers',
  'control-group': 'raise the memory limit of the container, or lower resources.max_workers',
  machine: 'close other programs, or lower resources.max_workers',
}
const GPU_CURE = 'end other programs on the card, or train with smaller batches'

/** What to do about a level, in words. */
export function memoryAdvice(level: MemoryLevel, used: number, limit: number, limitedBy?: HostLimit): string {
  const of = `${gib(used)} of ${gib(limit)}`
  const cure = limitedBy === undefined ? GPU_CURE : HOST_CURE[limitedBy]
  const words: Record<MemoryLevel, string> = {
    ok: `Memory use is back to normal (${of}).`,
    warn: `Memory is getting short (${of}): ${cure}.`,
    shrink: `Memory is short (${of}): go on with smaller micro-batches, the effective batch can stay the same; to prevent it, ${cure}.`,
    stop: `Memory is almost used up (${of}): write a checkpoint and end before the process is killed; then ${cure} and resume.`,
  }
  return words[level]
}

export function cpuAdvice(level: 'ok' | 'warn', used: number): string {
  const percent = `${Math.round(100 * used)} %`
  return level === 'ok'
    ? `Processor load is back to normal (${percent}).`
    : `All cores together are ${percent} busy: where other programs cause it, this training is slower than it could be.`
}
