import { describe, expect, it } from 'vitest'
import { nativeTestsMissing } from './fixtures/native-addon.js'
import { probeBatchSize } from '../src/runtime/index.js'

describe.skipIf(nativeTestsMissing() !== undefined)('TensorFlow itself', () => {
  it('runs out of memory in a child, in the words that are recognised', async () => {
    // 1000 x 1000 values, then 1,000,000 x 1,000,000: 4 TB, more than any machine gives.
    const trials = await Promise.all(
      [1000, 1_000_000].map((size) =>
        probeBatchSize({ tryBatch: { module: 'test/fixtures/batch-trials.ts', name: 'squares' }, smallest: size, largest: size }),
      ),
    )
    expect(trials.map(({ batchSize }) => batchSize)).toEqual([1000, undefined])
    expect(trials[1]!.trials[0]).toMatchObject({
      outcome: 'out-of-memory',
      outOfMemory: { by: 'tensorflow', where: 'host', message: expect.stringContaining('OOM when allocating tensor') as string },
    })
  })
})
