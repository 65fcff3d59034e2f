import { beforeAll, describe, expect, it } from 'vitest'
import { requireTfjs, type Tfjs } from '../native/tensorflow/index.js'
import { batchLoss, meanLoss } from './index.js'

const OUTPUT = Float32Array.of(0.5, -2, 3, 0)
const TARGET = Float32Array.of(1, 0, 0, 1)
const WEIGHT = Float32Array.of(0.5, 1.5, 1, 1)

describe('losses', () => {
  let tf: Tfjs
  beforeAll(() => void (tf = requireTfjs()))

  it.each(['cross-entropy', 'squared-error'] as const)('are the same by tensors and by numbers: %s', (loss) => {
    tf.tidy(() => {
      const [output, target, weight] = [OUTPUT, TARGET, WEIGHT].map((values) => tf.tensor1d(values))
      for (const [tensor, numbers] of [
        [undefined, undefined],
        [weight, WEIGHT],
      ] as const)
        expect(batchLoss(tf, loss, output!, target!, tensor).dataSync()[0]).toBeCloseTo(meanLoss(loss, OUTPUT, TARGET, numbers), 6)
    })
  })

  it('have the values of their formulas', () => {
    expect(meanLoss('squared-error', OUTPUT, TARGET, WEIGHT)).toBeCloseTo((0.5 * 0.25 + 1.5 * 4 + 9 + 1) / 4, 12)
    const p = Array.from(OUTPUT, (z) => 1 / (1 + Math.exp(-z)))
    const expected = -p.reduce((sum, q, i) => sum + Math.log(TARGET[i] === 1 ? q : 1 - q), 0) / 4
    expect(meanLoss('cross-entropy', OUTPUT, TARGET)).toBeCloseTo(expected, 12)
  })
})
