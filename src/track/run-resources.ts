import { join } from 'node:path'
import type { MemorySummary } from '../runtime/index.js'
import type { RunEvent } from './event-log.js'
import { folderBytes } from './folder-bytes.js'
import type { RunRecord } from './run-record.js'

/** What a run took; undefined where it was not measured. */
export interface RunResources {
  /** Of the latest attempt. */
  readonly seconds?: number
  /** Sum over the folds of a model; fits beside each other count each. */
  readonly fitSeconds: Readonly<Record<string, number>>
  readonly peakMemoryBytes?: number
  /** Mean share of the cores that were busy while it fitted, 0 to 1. */
  readonly cpuShare?: number
  readonly peakGpuBytes?: number
  readonly folderBytes: number
  readonly modelBytes: number
}

/** What a run took, from its record, its events and its folder. */
export function runResources({
  folder,
  record,
  events,
}: {
  readonly folder: string
  readonly record: RunRecord
  readonly events: readonly RunEvent[]
}): RunResources {
  const memory = record.memory as Partial<MemorySummary> | undefined
  const from = Date.parse(record.resumedAt?.at(-1) ?? record.startedAt)
  const fitSeconds: Record<string, number> = {}
  for (const { type, model, seconds } of events)
    if (type === 'fit-finished' && typeof model === 'string' && typeof seconds === 'number')
      fitSeconds[model] = (fitSeconds[model] ?? 0) + seconds
  const gpus = memory?.gpus ?? []
  return {
    ...(record.finishedAt !== undefined && { seconds: (Date.parse(record.finishedAt) - from) / 1000 }),
    fitSeconds,
    ...(memory?.host !== undefined && { peakMemoryBytes: memory.host.peakBytes }),
    ...(typeof memory?.cpuShare === 'number' && { cpuShare: memory.cpuShare }),
    ...(gpus.length > 0 && { peakGpuBytes: Math.max(...gpus.map(({ peakBytes }) => peakBytes)) }),
    folderBytes: folderBytes(folder),
    modelBytes: folderBytes(join(folder, 'fits')),
  }
}
