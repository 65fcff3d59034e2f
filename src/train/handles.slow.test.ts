import { beforeAll, describe, expect, it } from 'vitest'
import { nativeTestsMissing } from '../../test/fixtures/native-addon.js'
import { loadTensorflow, nativeBackend, type LoadedTensorflow } from '../native/tensorflow/index.js'
import { lstmNetwork, lstmProblem, TRAINING } from '../../test/fixtures/training-child.js'
import { train, type Network } from './index.js'

describe.skipIf(nativeTestsMissing() !== undefined)('a long training', () => {
  let loaded: LoadedTensorflow

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
  })

  it('holds as many tensors, and as much native memory, after 10,000 steps as after the first', async () => {
    const { tf } = loaded
    const tensors = new Set<number>()
    const native = new Set<number>()
    let steps = 0
    const inner = lstmNetwork(loaded, 8)
    const network: Network = {
      ...inner,
      logits(x, step) {
        if (step !== undefined) {
          steps++
          tensors.add(tf.memory().numTensors)
          native.add(nativeBackend(tf)!.binding.getNumOfTensors())
        }
        return inner.logits(x, step)
      },
    }
    await train(tf, network, lstmProblem(1, 1600), lstmProblem(2, 64), { ...TRAINING, batchSize: 16, epochs: 100, patience: 100 })
    inner.dispose()
    expect(steps).toBe(10_000)
    expect([...tensors]).toHaveLength(1)
    // Weights go over to the native side at their first use: before it there are none, after an evaluation there is one for each, and two of Adam's buffers.
    expect(Math.max(...native)).toBeLessThanOrEqual(inner.variables.length + 2)
  })
})
