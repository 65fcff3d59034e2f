import { LabError } from '../core/index.js'

/** What a sample of class 0 and of class 1 counts; `balanced` makes both classes count alike: samples / (2 * samples of the class). */
export type ClassWeights = 'balanced' | readonly [number, number]

/**
 * What each sample counts in the training loss: its own weight times that of its class, scaled to mean 1; undefined where all count alike.
 * @throws LabError `bad-weight` for weights that are not finite, negative, all 0, or not one a sample; `one-class` for `balanced` with a class that has no sample
 */
export function lossWeights(
  target: Float32Array,
  weight: Float32Array | undefined,
  classWeights: ClassWeights | undefined,
): Float32Array | undefined {
  if (classWeights === undefined) return withMeanOne(weight, target.length)
  const [zero, one] = classWeights === 'balanced' ? balanced(target) : classWeights
  return withMeanOne(
    target.map((value, i) => (weight?.[i] ?? 1) * (value === 1 ? one : zero)),
    target.length,
  )
}

function balanced(target: Float32Array): readonly [number, number] {
  const ones = target.reduce((sum, value) => sum + value, 0)
  if (ones === 0 || ones === target.length)
    throw new LabError('one-class', 'Classes cannot be balanced where one has no sample.', {
      received: `${target.length} samples, ${ones} of them with y = 1`,
      expected: 'samples of both classes',
    })
  return [target.length / (2 * (target.length - ones)), target.length / (2 * ones)]
}

/** @throws LabError `bad-weight` */
export function withMeanOne(weight: Float32Array | undefined, samples: number): Float32Array | undefined {
  if (weight === undefined || samples === 0) return undefined
  const sum = weight.reduce((total, value) => total + value, 0)
  if (weight.length !== samples || !(sum > 0) || weight.some((value) => !(value >= 0) || value === Infinity))
    throw new LabError('bad-weight', 'Sample weights must be finite, not negative, and not all 0.', {
      received: `${weight.length} weights for ${samples} samples, sum ${sum}`,
      expected: 'one weight a sample, at least 0, with a positive sum',
    })
  return weight.map((value) => (value * weight.length) / sum)
}
