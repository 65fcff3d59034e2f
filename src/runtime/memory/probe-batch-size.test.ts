import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probeBatchSize, searchLargestBatch, type ProbeBatchSizeOptions } from '../index.js'

const trial = (name: string, smallest: number, largest: number, more: Partial<ProbeBatchSizeOptions> = {}) =>
  probeBatchSize({ tryBatch: { module: 'test/fixtures/batch-trials.ts', name }, smallest, largest, ...more })

describe('searching the largest batch', () => {
  it('doubles, then bisects, each size once', async () => {
    const tried: number[] = []
    const found = await searchLargestBatch({ smallest: 8, largest: 1000 }, (size) => {
      tried.push(size)
      return Promise.resolve(size <= 100)
    })
    expect(found).toBe(100)
    expect(tried).toEqual([8, 16, 32, 64, 128, 96, 112, 104, 100, 102, 101])
  })

  it('finds the limit, or that there is none, in about 2 log2 trials', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 0, max: 4000 }),
        async (smallest, more, limit) => {
          const largest = smallest + more
          const tried: number[] = []
          const found = await searchLargestBatch({ smallest, largest }, (size) => {
            tried.push(size)
            return Promise.resolve(size <= limit)
          })
          expect(found).toBe(limit < smallest ? undefined : Math.min(limit, largest))
          expect(new Set(tried).size).toBe(tried.length)
          expect(tried.every((size) => size >= smallest && size <= largest)).toBe(true)
          expect(tried.length).toBeLessThanOrEqual(Math.ceil(Math.log2(largest / smallest)) + Math.ceil(Math.log2(largest)) + 2)
        },
      ),
    )
  })

  it('stops early within the tolerance', async () => {
    const found = await searchLargestBatch({ smallest: 8, largest: 1000, tolerance: 0.1 }, (size) => Promise.resolve(size <= 100))
    expect(found).toBeGreaterThanOrEqual(90)
    expect(found).toBeLessThanOrEqual(100)
  })

  it('refuses a range without a size', async () => {
    for (const range of [
      { smallest: 0, largest: 4 },
      { smallest: 8, largest: 4 },
      { smallest: 1.5, largest: 4 },
      { smallest: 1, largest: NaN },
    ])
      await expect(searchLargestBatch(range, () => Promise.resolve(true))).rejects.toMatchObject({ code: 'bad-batch-range' })
  })
})

describe('probeBatchSize', () => {
  it('tries in children until TensorFlow runs out of memory', async () => {
    const told: number[] = []
    const { batchSize, trials } = await trial('fitsUpTo', 2, 4, { input: 3, onTrial: (one) => told.push(one.batchSize) })
    expect(batchSize).toBe(3)
    expect(trials.map((one) => [one.batchSize, one.outcome])).toEqual([
      [2, 'fits'],
      [4, 'out-of-memory'],
      [3, 'fits'],
    ])
    expect(told).toEqual([2, 4, 3])
    expect(trials[1]!.outOfMemory).toMatchObject({ where: 'gpu', by: 'tensorflow' })
    expect(trials[0]!.maxResidentBytes).toBeGreaterThan(10 * 2 ** 20)
  })

  it('takes a killed child for an answer', async () => {
    const { batchSize, trials } = await trial('killedAbove', 1, 2, { input: 1 })
    expect(batchSize).toBe(1)
    expect(trials[1]).toMatchObject({ batchSize: 2, outcome: 'crashed', detail: expect.stringContaining('SIGKILL') as string })
  })

  it('recognises a full JavaScript heap', async () => {
    const { batchSize, trials } = await trial('fillsHeap', 1, 1, { env: { NODE_OPTIONS: '--max-old-space-size=40' } })
    expect(batchSize).toBeUndefined()
    expect(trials[0]).toMatchObject({ outcome: 'out-of-memory', outOfMemory: { by: 'javascript', where: 'host' } })
  })

  it('gives up on a trial that does not come back', async () => {
    const { batchSize, trials } = await trial('hangs', 1, 4, { timeoutMs: 1500, graceMs: 10 })
    expect(batchSize).toBeUndefined()
    expect(trials.map(({ outcome }) => outcome)).toEqual(['timeout'])
  })

  it('throws what is not about memory', async () => {
    await expect(trial('isWrong', 1, 4)).rejects.toMatchObject({
      code: 'trial-failed',
      received: expect.stringContaining('isWrong') as string,
    })
    await expect(trial('noSuch', 1, 4)).rejects.toMatchObject({ code: 'trial-failed', cause: { code: 'no-such-function' } })
  })

  it('stops when told to', async () => {
    const stop = new AbortController()
    const work = trial('fitsUpTo', 1, 1024, { input: 4000, signal: stop.signal, onTrial: () => stop.abort() })
    await expect(work).rejects.toMatchObject({ code: 'interrupted' })
  })
})
