import type { Variable } from '@tensorflow/tfjs'
import { LabError } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import { adamRule } from './adam.js'
import { isDecayed, type Optimizer, type OptimizerOptions, type OptimizerState, type UpdateRule } from './optimizer.js'
import { sgdRule } from './sgd.js'

/** @throws LabError `bad-optimizer` */
export const updateRule = (options: OptimizerOptions): UpdateRule => (options.kind === 'sgd' ? sgdRule(options) : adamRule(options))

/**
 * An optimiser for these weights: reads gradients and weights out of the backend, updates them in one pass and puts the weights back. At the shapes of an
 * LSTM this is faster than the 15 small ops a weight of tf.train.adam (`npm run bench -- optimizer`), and all state lies open.
 * Holds no tensor: nothing to dispose of.
 * @throws LabError `bad-optimizer`
 */
export function createOptimizer(tf: Tfjs, variables: readonly Variable[], options: OptimizerOptions): Optimizer {
  const rule = updateRule(options)
  const sizes = variables.map(({ size }) => size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const buffers = rule.buffers.map(() => new Float32Array(total))
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0))
  const parts = sizes.map((size, i) => buffers.map((buffer) => buffer.subarray(starts[i], starts[i]! + size)))
  const decayed = variables.map(({ shape }) => isDecayed(shape))
  let steps = 0
  return {
    apply(gradients, learningRate, scale) {
      steps++
      for (const [i, variable] of variables.entries()) {
        const gradient = gradients[i]
        if (gradient === undefined) continue
        // A new array each time: a backend may go on using the one it was given.
        const out = new Float32Array(variable.size)
        const [weights, values] = [variable.dataSync<'float32'>(), gradient.dataSync<'float32'>()]
        rule.update({ weights, gradients: values, scale, buffers: parts[i]!, out, learningRate, step: steps, decayed: decayed[i]! })
        tf.tidy(() => variable.assign(tf.tensor(out, variable.shape)))
      }
    },
    state: () => ({ steps, buffers: Object.fromEntries(rule.buffers.map((name, i) => [name, buffers[i]!.slice()])) }),
    restore(state) {
      checkState(state, rule.buffers, total)
      steps = state.steps
      for (const [i, name] of rule.buffers.entries()) buffers[i]!.set(state.buffers[name]!)
    },
  }
}

function checkState({ steps, buffers }: OptimizerState, names: readonly string[], total: number): void {
  const layout = (of: readonly string[], length: (name: string) => number): string => of.map((name) => `${name}[${length(name)}]`).join(' ')
  const received = layout(Object.keys(buffers).sort(), (name) => buffers[name]!.length)
  const expected = layout([...names].sort(), () => total)
  if (received !== expected || !Number.isInteger(steps) || steps < 0)
    throw new LabError('bad-optimizer-state', 'The state belongs to another optimiser or network.', {
      received: `${steps} steps, ${received || 'no buffers'}`,
      expected: expected || 'no buffers',
    })
}
