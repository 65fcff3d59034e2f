import type { GpuMemory } from './gpu-memory.js'
import type { HostLimit, HostMemory } from './host-memory.js'
import { gib, type ResourceEvent } from './memory-event.js'

export interface MemoryPeak {
  readonly peakBytes: number
  /** ms since the epoch. */
  readonly peakAt: number
  /** The limit in force at that time. */
  readonly limitBytes: number
}

/** What a run keeps of its memory use. Plain JSON. */
export interface MemorySummary {
  readonly samples: number
  readonly intervalMs: number
  readonly host: MemoryPeak & { readonly limitedBy: HostLimit; readonly residentPeakBytes: number }
  readonly gpus: readonly (MemoryPeak & Pick<GpuMemory, 'id' | 'totalBytes' | 'perProcess'>)[]
  /** Mean over the samples, 0 to 1; null where it is not known. */
  readonly cpuShare: number | null
  /** The latest hundred; `eventCount` counts all. */
  readonly events: readonly ResourceEvent[]
  readonly eventCount: number
}

const EVENTS_KEPT = 100

/** Gathers a {@link MemorySummary} sample by sample. */
export class MemorySummaryBuilder {
  readonly #gpus = new Map<string, MemorySummary['gpus'][number]>()
  #host: MemorySummary['host'] = { peakBytes: 0, peakAt: 0, limitBytes: 0, limitedBy: 'machine', residentPeakBytes: 0 }
  #samples = 0
  #cpuSum = 0
  #cpuCount = 0
  #events: ResourceEvent[] = []
  #eventCount = 0

  add(time: number, host: HostMemory, cpuShare: number | undefined): void {
    const { usedBytes, limitBytes, limitedBy, residentBytes } = host
    if (this.#samples === 0 || usedBytes > this.#host.peakBytes)
      this.#host = { ...this.#host, peakBytes: usedBytes, peakAt: time, limitBytes, limitedBy }
    if (residentBytes > this.#host.residentPeakBytes) this.#host = { ...this.#host, residentPeakBytes: residentBytes }
    this.#samples++
    if (cpuShare === undefined) return
    this.#cpuSum += cpuShare
    this.#cpuCount++
  }

  addGpu(time: number, { id, usedBytes, limitBytes, totalBytes, perProcess }: GpuMemory): void {
    const before = this.#gpus.get(id)
    if (before !== undefined && usedBytes <= before.peakBytes) return
    this.#gpus.set(id, { id, peakBytes: usedBytes, peakAt: time, limitBytes, totalBytes, perProcess })
  }

  addEvent(event: ResourceEvent): void {
    this.#eventCount++
    this.#events = [...this.#events.slice(1 - EVENTS_KEPT), event]
  }

  build(intervalMs: number): MemorySummary {
    return {
      samples: this.#samples,
      intervalMs,
      host: this.#host,
      gpus: [...this.#gpus.values()],
      cpuShare: this.#cpuCount === 0 ? null : this.#cpuSum / this.#cpuCount,
      events: this.#events,
      eventCount: this.#eventCount,
    }
  }
}

const LIMIT_WORDS: Record<HostLimit, string> = { configured: 'configured', 'control-group': "the container's", machine: "the machine's" }

/** A line for the host and one for each card. */
export function memorySummaryText({ samples, host, gpus, eventCount }: MemorySummary): string {
  const lines = [
    `host: peak ${gib(host.peakBytes)} of ${gib(host.limitBytes)} (${LIMIT_WORDS[host.limitedBy]} limit), ${samples} samples, ${eventCount} events`,
    ...gpus.map(
      ({ id, peakBytes, limitBytes, perProcess }) =>
        `${id}: peak ${gib(peakBytes)} of ${gib(limitBytes)}${perProcess ? '' : ' (all programs on the card)'}`,
    ),
  ]
  return lines.join('\n')
}
