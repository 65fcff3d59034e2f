import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSchedule, type ScheduleOptions } from './index.js'

const PER_EPOCH = 4

/** Rate of the first update of each epoch. */
function rates(options: ScheduleOptions, losses: readonly number[], learningRate = 0.1): number[] {
  const schedule = createSchedule(options, learningRate, losses.length)
  let state = schedule.initial
  return losses.map((loss, i) => {
    const rate = schedule.rate(state, { epoch: i + 1, step: i * PER_EPOCH, stepsPerEpoch: PER_EPOCH })
    state = schedule.afterEpoch(state, loss)
    return rate
  })
}
const close = (received: number[], expected: number[]): void =>
  received.forEach((rate, i) => expect(rate, `epoch ${i + 1}`).toBeCloseTo(expected[i]!, 12))

describe('learning-rate schedules', () => {
  it('constant and exponential', () => {
    close(rates({ kind: 'constant' }, [1, 2, 3]), [0.1, 0.1, 0.1])
    close(rates({ kind: 'exponential', decay: 0.5, minRate: 0.03 }, [1, 2, 3]), [0.1, 0.05, 0.03])
  })

  it('cosine rises over the warm-up and ends at the lowest rate', () => {
    const schedule = createSchedule({ kind: 'cosine', warmUpEpochs: 1, minRate: 0.01 }, 0.1, 5)
    const at = (step: number): number => schedule.rate({}, { epoch: 1 + Math.floor(step / PER_EPOCH), step, stepsPerEpoch: PER_EPOCH })
    close([0, 1, 2, 3, 4, 19, 30].map(at), [0.025, 0.05, 0.075, 0.1, 0.1, 0.01, 0.01])
    const falling = Array.from({ length: 16 }, (_, i) => at(4 + i))
    expect([...falling].sort((a, b) => b - a)).toEqual(falling)
    expect(at(11) + at(12)).toBeCloseTo(0.11, 12)
  })

  it('plateau falls after `patience` epochs without improvement and starts to wait anew', () => {
    const options = { kind: 'plateau', factor: 0.1, patience: 2, minDelta: 0.01 } as const
    close(rates(options, [5, 4, 4, 3.999, 4, 4, 3, 3]), [0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001])
  })

  it('adaptive keeps the rate while the pace holds, and lowers it by how far the pace fell', () => {
    const options = { kind: 'adaptive', decay: 0.5 } as const
    close(rates(options, [8, 4, 2, 1, 0.5]), [0.1, 0.1, 0.1, 0.1, 0.1])
    // Half the pace of before: a quarter taken away after halves.
    close(rates(options, [8, 4, 3, 0]), [0.1, 0.1, 0.1, 0.1 * Math.SQRT1_2])
    // No improvement, and a rise.
    close(rates(options, [8, 4, 4, 0]), [0.1, 0.1, 0.1, 0.05])
    close(rates(options, [8, 4, 40, 0]), [0.1, 0.1, 0.1, 0.025])
    close(rates(options, [8, 9, 9, 9]), [0.1, 0.1, 0.025, 0.0125])
  })

  it('adaptive survives a loss that is nearly 0', () => {
    for (const rate of rates({ kind: 'adaptive', minRate: 0.02 }, [5e-324, -10, 5e-324, -10, 1]))
      expect(rate >= 0.02 && rate <= 0.1).toBe(true)
  })

  const losses = fc.array(fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.constant(NaN), fc.constant(0)), {
    minLength: 1,
    maxLength: 40,
  })
  const kinds: ScheduleOptions[] = [
    { kind: 'constant' },
    { kind: 'exponential', decay: 0.9, minRate: 0.02 },
    { kind: 'cosine', minRate: 0.02 },
    { kind: 'plateau', factor: 0.5, patience: 2, minRate: 0.02 },
    { kind: 'adaptive', minRate: 0.02 },
  ]

  it('never leave the range from the lowest to the initial rate, whatever the losses', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), losses, (options, values) => {
        for (const rate of rates(options, values)) expect(rate >= 0.02 && rate <= 0.1).toBe(true)
      }),
    )
  })

  it('go on from a state that went through JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), losses, fc.nat(39), (options, values, cut) => {
        const schedule = createSchedule(options, 0.1, values.length)
        let state = schedule.initial
        const seen = values.map((loss, i) => {
          if (i === cut) {
            const text = JSON.stringify(state, (_, value: unknown) => (typeof value === 'number' ? String(value) : value))
            state = JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? Number(value) : value)) as typeof state
          }
          const rate = schedule.rate(state, { epoch: i + 1, step: i * PER_EPOCH, stepsPerEpoch: PER_EPOCH })
          state = schedule.afterEpoch(state, loss)
          return rate
        })
        expect(seen).toEqual(rates(options, values))
      }),
    )
  })

  it.each([
    { kind: 'exponential', decay: 1.1 },
    { kind: 'exponential', decay: 0.5, minRate: 0.2 },
    { kind: 'plateau', factor: 0, patience: 1 },
    { kind: 'plateau', factor: 0.5, patience: 0 },
    { kind: 'cosine', warmUpEpochs: 10 },
    { kind: 'adaptive', decay: NaN },
  ] as ScheduleOptions[])('refuse %o', (options) => {
    expect(() => createSchedule(options, 0.1, 10)).toThrowError(expect.objectContaining({ code: 'bad-schedule' }) as Error)
  })
})
