import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { averageUniqueness, labelConcurrency, labelSpans } from './concurrency.js'
import { directionLabels } from './direction.js'
import { ohlc, thrown } from './ohlc.fixture.js'
import { randomSpans, denseUniqueness } from './spans.fixture.js'

const timeOf = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => 10 * i)

describe('labelSpans', () => {
  it('spans the bars whose returns a label uses', () => {
    const endTime = Float64Array.of(20, NaN, 30, 50, 55, 50)
    const { rows, first, last, bars } = labelSpans({ endTime }, timeOf(6))
    expect([[...rows], [...first], [...last], bars]).toEqual([[0, 2, 3, 4, 5], [1, 3, 4, 5, 5], [2, 3, 5, 5, 5], 6]) // prettier-ignore
  })

  it('looks at the given rows only', () => {
    const { rows, first, last } = labelSpans({ endTime: Float64Array.of(20, 20, 30, NaN) }, timeOf(4), { rows: Int32Array.of(0, 2) })
    expect([[...rows], [...first], [...last]]).toEqual([[0, 2], [1, 3], [2, 3]]) // prettier-ignore
  })

  it('finds the bar of any end time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 30, maxLength: 30 }), (lengths) => {
        const time = timeOf(30).map((t, i) => t + (i > 10 ? 100 : 0))
        const endTime = time.map((t, i) => t + lengths[i]!)
        const { last } = labelSpans({ endTime }, time)
        expect([...last]).toEqual([...endTime].map((end) => time.findLastIndex((t) => t <= end)))
      }),
    )
  })

  it('explains what is wrong', () => {
    const endTime = Float64Array.of(10, NaN, 30, 30)
    const run = (rows: number[]) => () => labelSpans({ endTime }, timeOf(4), { rows: Int32Array.from(rows) })
    for (const rows of [[0, 1], [2, 0], [2, 2], [-1], [4]]) expect(run(rows)).toThrow(thrown('bad-rows')) // prettier-ignore
    expect(() => labelSpans({ endTime }, timeOf(3))).toThrow(thrown('bad-labels'))
    expect(() => labelSpans({ endTime: Float64Array.of(10, 5) }, timeOf(2))).toThrow(thrown('bad-labels'))
    expect(run([])().rows).toHaveLength(0)
  })
})

describe('concurrency and average uniqueness', () => {
  it('counts the labels that use each return', () => {
    const spans = labelSpans(directionLabels(ohlc(1, 2, 3, 4, 5, 6), { horizonBars: 2 }), ohlc(1, 2, 3, 4, 5, 6).time)
    expect([...labelConcurrency(spans)]).toEqual([0, 1, 2, 2, 2, 1])
    expect([...averageUniqueness(spans)]).toEqual([0.75, 0.5, 0.5, 0.75])
  })

  it('is 1 for labels over one bar', () => {
    const bars = ohlc(1, 2, 1, 2, 1)
    expect([...averageUniqueness(labelSpans(directionLabels(bars, { horizonBars: 1 }), bars.time))]).toEqual([1, 1, 1, 1])
  })

  it('is what the table of labels by bars gives, also for labels counted several times', () => {
    fc.assert(
      fc.property(randomSpans, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (spans, stream) => {
        const times = Int32Array.from(spans.rows, () => stream.next().value as number)
        const dense = (k: number): number =>
          denseUniqueness(
            spans,
            [...spans.rows.keys()].flatMap((j) => Array<number>(j === k ? 0 : 1).fill(j)),
            k,
          )
        averageUniqueness(spans).forEach((value, k) => expect(value).toBeCloseTo(dense(k), 12))
        const drawn = [...times].flatMap((count, j) => Array<number>(count).fill(j))
        const others = (k: number): number[] => drawn.filter((_, at) => at !== drawn.indexOf(k))
        averageUniqueness(spans, times).forEach((value, k) => {
          if (times[k]! > 0) expect(value).toBeCloseTo(denseUniqueness(spans, others(k), k), 12)
        })
      }),
    )
  })
})
