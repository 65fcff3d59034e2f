import fc from 'fast-check'
import type { LabelSpans } from './concurrency.js'

/** Up to 25 labels of any length over up to 40 bars, some long, some bars without any. */
export const randomSpans: fc.Arbitrary<LabelSpans> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 4 }) }, fc.integer({ min: 5, max: 40 })),
    ),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map((labels) => {
    let at = 0
    const first = Int32Array.from(labels, ([step]) => (at += step))
    const bars = at + 10
    return { rows: first, first, last: Int32Array.from(labels, ([, length], k) => Math.min(first[k]! + length, bars - 1)), bars }
  })

/** Average uniqueness of label k beside the `drawn` ones, from a table of labels by bars as in the book. */
export function denseUniqueness({ first, last, bars }: LabelSpans, drawn: readonly number[], k: number): number {
  const table = [...drawn, k].map((j) => Array.from({ length: bars }, (_, bar) => (bar >= first[j]! && bar <= last[j]! ? 1 : 0)))
  const concurrency = Array.from({ length: bars }, (_, bar) => table.reduce((sum, row) => sum + row[bar]!, 0))
  const shares = table.at(-1)!.flatMap((uses, bar) => (uses === 1 ? [1 / concurrency[bar]!] : []))
  return shares.reduce((sum, value) => sum + value, 0) / shares.length
}
