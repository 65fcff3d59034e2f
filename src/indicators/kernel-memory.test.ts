import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { barColumns } from './bar-columns.js'
import { ColumnStream } from './column-stream.js'
import { computeColumns } from './compute-columns.js'
import { reserveKernelMemory } from './kernel-memory.js'
import { sma } from './operators/rolling-sum.js'

describe('kernel memory', () => {
  it('gives out what was released last again, cleared', () => {
    const first = reserveKernelMemory(1000)
    const numbers = first.take(1000, 7)
    first.release()
    const second = reserveKernelMemory(1000)
    const again = second.take(1000, NaN)
    expect(again.byteOffset).toBe(numbers.byteOffset)
    expect(again.every((v) => v !== v)).toBe(true)
    second.release()
  })

  it('never gives out what is in use, whatever the order of release', () => {
    const a = reserveKernelMemory(500)
    const b = reserveKernelMemory(500)
    const kept = b.take(500, 3)
    a.release()
    const c = reserveKernelMemory(2000)
    c.take(2000, 9)
    expect(kept.every((v) => v === 3)).toBe(true)
    b.release()
    c.release()
  })

  it('takes a region of its own for what is larger than a region', () => {
    const large = reserveKernelMemory(5_000_000)
    const numbers = large.take(5_000_000, 1)
    expect(numbers.at(-1)).toBe(1)
    large.release()
  })

  it('holds many streams at once', () => {
    const bars = randomBars(300, 1)
    const { close } = barColumns()
    const streams = Array.from({ length: 400 }, () => new ColumnStream([sma(close, 20), sma(close, 3000)], 300))
    const wanted = computeColumns(bars, { mean: sma(close, 20) }).mean
    for (const stream of streams) {
      const at = stream.begin(300)
      stream.source('close').set(bars.close, at)
      stream.advance(300)
      expect(stream.output(0).slice(at, at + 300)).toEqual(wanted)
    }
  })
})
