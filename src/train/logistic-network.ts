import type { Tensor2D } from '@tensorflow/tfjs'
import type { Tfjs } from '../native/tensorflow/index.js'
import type { Network } from './network.js'

/** Logistic regression over the flat window, from zeros: the smallest network there is. */
export function logisticNetwork(tf: Tfjs, inputs: number): Network {
  const kernel = tf.tidy(() => tf.variable(tf.zeros<Tensor2D['rankType']>([inputs, 1])))
  const bias = tf.tidy(() => tf.variable(tf.zeros([1])))
  return {
    variables: [
      { name: 'kernel', variable: kernel },
      { name: 'bias', variable: bias },
    ],
    logits: (x) =>
      x
        .reshape<Tensor2D>([-1, inputs])
        .matMul<Tensor2D>(kernel as Tensor2D)
        .add(bias),
    dispose() {
      if (kernel.isDisposed) return
      kernel.dispose()
      bias.dispose()
    },
  }
}
