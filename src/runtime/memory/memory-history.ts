import { LabError } from '../../core/index.js'

/** One point of the history; bytes, NaN where not known. */
export interface MemoryPoint {
  readonly time: number
  readonly hostUsed: number
  readonly hostLimit: number
  /** Of the card nearest to its limit. */
  readonly gpuUsed: number
  readonly gpuLimit: number
  /** 0 to 1. */
  readonly cpuShare: number
}

/** The same as columns over one time index (ms since the epoch), as a plot takes them. */
export type MemoryColumns = { readonly [name in keyof MemoryPoint]: Float64Array }

/**
 * A history of bounded size over any length of time: when it is full, neighbours become one point and every later point stands for twice as many samples. A point
 * keeps the first time, the highest use and processor load, and the lowest limit of its samples, so no peak is lost.
 */
export class MemoryHistory {
  readonly #capacity: number
  #points: MemoryPoint[] = []
  #stride = 1
  #inLast = 0

  /** @param capacity most points kept, at least 2. @throws LabError `bad-history-length` */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 2)
      throw new LabError('bad-history-length', 'A history needs room for points.', {
        received: String(capacity),
        expected: 'a whole number from 2',
      })
    this.#capacity = capacity
  }

  /** Samples that one point stands for; the last one can stand for fewer. */
  get stride(): number {
    return this.#stride
  }

  add(point: MemoryPoint): void {
    // Putting neighbours together can leave an odd last point with room for more samples.
    if (this.#points.length === this.#capacity && this.#inLast === this.#stride) this.#halve()
    const last = this.#points.length - 1
    if (last >= 0 && this.#inLast < this.#stride) {
      this.#points[last] = merge(this.#points[last]!, point)
      this.#inLast++
    } else {
      this.#points.push(point)
      this.#inLast = 1
    }
  }

  columns(): MemoryColumns {
    const column = (name: keyof MemoryPoint): Float64Array => Float64Array.from(this.#points, (point) => point[name])
    return {
      time: column('time'),
      hostUsed: column('hostUsed'),
      hostLimit: column('hostLimit'),
      gpuUsed: column('gpuUsed'),
      gpuLimit: column('gpuLimit'),
      cpuShare: column('cpuShare'),
    }
  }

  #halve(): void {
    const points: MemoryPoint[] = []
    for (let i = 0; i < this.#points.length; i += 2) {
      const next = this.#points[i + 1]
      points.push(next === undefined ? this.#points[i]! : merge(this.#points[i]!, next))
    }
    // An odd point at the end is half of a new one: the next samples fill it up.
    this.#inLast = this.#points.length % 2 === 0 ? 2 * this.#stride : this.#stride
    this.#points = points
    this.#stride *= 2
  }
}

function merge(a: MemoryPoint, b: MemoryPoint): MemoryPoint {
  return {
    time: a.time,
    hostUsed: highest(a.hostUsed, b.hostUsed),
    hostLimit: lowest(a.hostLimit, b.hostLimit),
    gpuUsed: highest(a.gpuUsed, b.gpuUsed),
    gpuLimit: lowest(a.gpuLimit, b.gpuLimit),
    cpuShare: highest(a.cpuShare, b.cpuShare),
  }
}

const highest = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b))
const lowest = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b))
