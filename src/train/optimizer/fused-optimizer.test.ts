import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { loadTensorflow, nativeBackend, type Tfjs } from '../../native/tensorflow/index.js'
import { updateRule } from './create-optimizer.js'
import { fusedOptimizer } from './fused-optimizer.js'
import { loopOptimizer } from './loop-optimizer.js'
import type { Optimizer, OptimizerOptions } from './optimizer.js'

const KINDS: OptimizerOptions[] = [
  { kind: 'adam' },
  { kind: 'adam', beta1: 0.5, beta2: 0.9, epsilon: 1e-3 },
  { kind: 'adamw', weightDecay: 0.3 },
  { kind: 'sgd' },
  { kind: 'sgd', weightDecay: 0.2 },
  { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 },
  { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
]
/** Shorter than a vector, whole vectors, whole vectors and a rest. */
const SHAPES = [[3], [8, 4], [37, 5], [1], [129]]
const STEPS = 12

describe.skipIf(nativeTestsMissing() !== undefined)('the native update', () => {
  let tf: Tfjs

  beforeAll(async () => {
    const loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
    expect(loaded.facts.trainingOps).toBe('fused-cpu')
  })

  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
  /** Of all sizes, also below 1e-38, where numbers are no longer normal, and 0. */
  const values = (seed: number, shape: readonly number[], least: number): Float32Array => {
    const rng = createRng(seed, `update/${shape.join()}`)
    return Float32Array.from({ length: size(shape) }, () => (rng.next() < 0.1 ? 0 : rng.normal() * 10 ** -rng.int(least)))
  }
  const weights = (seed: number): Variable[] => tf.tidy(() => SHAPES.map((shape) => tf.variable(tf.tensor(values(seed, shape, 3), shape))))
  const gradients = (seed: number, missing = -1): (Tensor | undefined)[] =>
    SHAPES.map((shape, i) => (i === missing ? undefined : tf.tensor(values(seed, shape, 44), shape)))
  const hex = (variables: readonly Variable[]): string =>
    Buffer.concat(variables.map((variable) => Buffer.from(Float32Array.from(variable.dataSync()).buffer))).toString('hex')
  const loss = (value = 0.5): Scalar => tf.scalar(value)
  const both = (options: OptimizerOptions, seed = 1): { variables: Variable[]; optimizer: Optimizer }[] =>
    [loopOptimizer, fusedOptimizer].map((make) => {
      const variables = weights(seed)
      return { variables, optimizer: make(tf, variables, updateRule(options)) }
    })
  const free = (sides: { variables: Variable[]; optimizer: Optimizer }[]): void => {
    for (const { variables, optimizer } of sides) {
      optimizer.dispose()
      optimizer.dispose()
      tf.dispose(variables)
    }
  }

  it.each(KINDS)('gives the bytes of the loops, clipped or not, with a gradient missing, in weights, state and figures: %o', (options) => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom(Infinity, 1, 0.01, 1e-30), fc.integer({ min: -1, max: 4 }), (seed, clip, missing) => {
        const [loop, fused] = both(options, seed) as [
          { variables: Variable[]; optimizer: Optimizer },
          { variables: Variable[]; optimizer: Optimizer },
        ]
        for (let step = 0; step < STEPS; step++)
          tf.tidy(() => {
            const now = gradients(seed + step, step % 3 === 0 ? missing : -1)
            const rate = 0.1 / (1 + step)
            expect(fused.optimizer.apply(loss(), now, rate, clip)).toEqual(loop.optimizer.apply(loss(), now, rate, clip))
          })
        expect(hex(fused.variables)).toBe(hex(loop.variables))
        expect(fused.optimizer.state()).toEqual(loop.optimizer.state())
        free([loop, fused])
      }),
      { numRuns: 12 },
    )
  })

  it.each(KINDS)('goes on from the state of the loops to the same bytes, and they from its: %o', (options) => {
    const ends = [0, 1].map((first) => {
      const variables = weights(5)
      const makers = [loopOptimizer, fusedOptimizer]
      let optimizer: Optimizer | undefined
      for (let step = 0; step < STEPS; step++) {
        const next = makers[(first + step) % 2]!(tf, variables, updateRule(options))
        if (optimizer !== undefined) next.restore(optimizer.state())
        optimizer?.dispose()
        optimizer = next
        tf.tidy(() => void next.apply(loss(), gradients(step), 0.01, 1))
      }
      const end = hex(variables)
      optimizer?.dispose()
      tf.dispose(variables)
      return end
    })
    expect(ends[0]).toBe(ends[1])
  })

  it('changes nothing where loss or norm is no number, and says what they were', () => {
    for (const options of KINDS) {
      const sides = both(options)
      for (const { variables, optimizer } of sides) {
        tf.tidy(() => void optimizer.apply(loss(), gradients(1), 0.1, 1))
        const before = [hex(variables), optimizer.state()]
        const broken = gradients(2)
        broken[2] = tf.fill(SHAPES[2]!, NaN)
        expect(tf.tidy(() => [optimizer.apply(loss(), broken, 0.1, 1).norm])).toEqual([NaN])
        expect(optimizer.apply(loss(Infinity), gradients(2), 0.1, 1).loss).toBe(Infinity)
        expect([hex(variables), optimizer.state()]).toEqual(before)
      }
      free(sides)
    }
  })

  it('keeps no tensor but its buffers, and none after it is disposed of', () => {
    const backend = nativeBackend(tf)!
    const count = (): number[] => [tf.memory().numTensors, backend.binding.getNumOfTensors()]
    const before = count()
    const variables = weights(1)
    const optimizer = fusedOptimizer(tf, variables, updateRule({ kind: 'adam' }))
    const step = (): number[] => {
      tf.tidy(() => void optimizer.apply(loss(), gradients(1, 3), 0.1, 1))
      return count()
    }
    const first = step()
    expect(first[0]).toBe(before[0]! + SHAPES.length + 2)
    for (let i = 0; i < 5; i++) expect(step()).toEqual(first)
    optimizer.restore(optimizer.state())
    expect(step()).toEqual(first)
    optimizer.dispose()
    tf.dispose(variables)
    expect(count()).toEqual(before)
  })
})
