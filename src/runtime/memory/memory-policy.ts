import { LabError } from '../../core/index.js'

/** What memory use asks for: nothing, a look at it, less memory, or a checkpoint and an end before the kernel ends it. In this order. */
export type MemoryLevel = 'ok' | 'warn' | 'shrink' | 'stop'

export const MEMORY_LEVELS: readonly MemoryLevel[] = ['ok', 'warn', 'shrink', 'stop']

export interface MemoryThreshold {
  /** Share of the limit, above 0. */
  readonly share: number
  /** The threshold in bytes where that is less. */
  readonly bytes?: number
}

export interface MemoryPolicy {
  readonly warn: MemoryThreshold
  readonly shrink: MemoryThreshold
  readonly stop: MemoryThreshold
  /** A level is left only when use is below its threshold by this share of the threshold, so that it does not flap. */
  readonly margin: number
}

export const DEFAULT_MEMORY_POLICY: MemoryPolicy = { warn: { share: 0.8 }, shrink: { share: 0.9 }, stop: { share: 0.95 }, margin: 0.05 }

/** What the policy looks at, in any one unit. */
export interface MemoryReading {
  readonly used: number
  readonly limit: number
}

/** Use from which a level begins; a higher level never begins before a lower one. */
export function thresholdOf(policy: MemoryPolicy, level: Exclude<MemoryLevel, 'ok'>, limit: number): number {
  const from = MEMORY_LEVELS.indexOf(level)
  const above = MEMORY_LEVELS.slice(from) as Exclude<MemoryLevel, 'ok'>[]
  return Math.min(...above.map((name) => Math.min(policy[name].share * limit, policy[name].bytes ?? Infinity)))
}

/**
 * The level after one reading: up at once, however many steps; down only below the margin. A reading that is not a number changes nothing. Who holds nothing
 * is 'ok' under any limit: there is nothing to give back.
 *
 * Never lower for more use, for a smaller limit, or for a higher level before.
 */
export function nextMemoryLevel(before: MemoryLevel, { used, limit }: MemoryReading, policy: MemoryPolicy): MemoryLevel {
  if (Number.isNaN(used) || Number.isNaN(limit)) return before
  if (used <= 0) return 'ok'
  const from = MEMORY_LEVELS.indexOf(before)
  let level: MemoryLevel = 'ok'
  for (const name of ['warn', 'shrink', 'stop'] as const) {
    const held = MEMORY_LEVELS.indexOf(name) <= from
    if (used >= thresholdOf(policy, name, limit) * (held ? 1 - policy.margin : 1)) level = name
  }
  return level
}

/** The level after each reading, from 'ok'. */
export function memoryLevels(readings: readonly MemoryReading[], policy: MemoryPolicy = DEFAULT_MEMORY_POLICY): MemoryLevel[] {
  let level: MemoryLevel = 'ok'
  return readings.map((reading) => (level = nextMemoryLevel(level, reading, policy)))
}

/** @throws LabError `bad-memory-policy` for a threshold that nothing could reach or everything would */
export function checkMemoryPolicy(policy: MemoryPolicy): void {
  const thresholds = [policy.warn, policy.shrink, policy.stop]
  const right = thresholds.every(({ share, bytes = 1 }) => share > 0 && share <= 1 && bytes > 0) && policy.margin >= 0 && policy.margin < 1
  if (right) return
  throw new LabError('bad-memory-policy', 'The memory thresholds cannot be used.', {
    received: JSON.stringify(policy),
    expected: 'shares above 0 and up to 1, bytes above 0, a margin from 0 and below 1',
    help: 'see monitoring in config/ml/training.yaml',
  })
}
