import type { Tensor } from '@tensorflow/tfjs'
import { createRng } from '../../core/index.js'
import type { Tfjs } from '../../native/tensorflow/index.js'

/**
 * 0 for what is left out, 1 / (1 - dropout) for the rest; a function of seed and purpose alone. Between layers one mask counts for all steps of a window
 * (Gal & Ghahramani 2016): a unit is there for the whole window or not at all.
 */
export function keepMask(tf: Tfjs, { shape }: Tensor, dropout: number, seed: number, purpose: string): Tensor {
  const [rows, columns] = [shape[0], shape.at(-1)!]
  const rng = createRng(seed, purpose)
  const keep = 1 / (1 - dropout)
  const values = Float32Array.from({ length: rows * columns }, () => (rng.next() < dropout ? 0 : keep))
  return tf.tensor(values, shape.length === 3 ? [rows, 1, columns] : [rows, columns])
}
