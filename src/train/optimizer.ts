import type { Tensor } from '@tensorflow/tfjs'
import { LabError } from '../core/index.js'

/** Adam (Kingma & Ba 2015), with tfjs' defaults and, to the byte, its results. */
export interface AdamOptions {
  readonly kind: 'adam'
  /** Share of the mean of gradients that is kept. Default 0.9. */
  readonly beta1?: number
  /** Share of the mean of squared gradients that is kept. Default 0.999. */
  readonly beta2?: number
  /** Added to the root of the second mean. Default 1e-7. */
  readonly epsilon?: number
}

/** Adam whose weights also shrink by `learningRate * weightDecay` of themselves at each step, apart from the gradient (Loshchilov & Hutter 2019). */
export interface AdamwOptions extends Omit<AdamOptions, 'kind'> {
  readonly kind: 'adamw'
  /** Default 0.01. Not for biases: see {@link isDecayed}. */
  readonly weightDecay?: number
}

/** Stochastic gradient descent with momentum (Polyak 1964; Nesterov's form as Sutskever et al. 2013 write it, like tfjs and PyTorch). */
export interface SgdOptions {
  readonly kind: 'sgd'
  /** Share of the last step that is kept. Default 0. */
  readonly momentum?: number
  /** Default false. */
  readonly nesterov?: boolean
  /** Added to the gradient times the weight (an L2 penalty of half of it). Default 0. Not for biases: see {@link isDecayed}. */
  readonly weightDecay?: number
}

export type OptimizerOptions = AdamOptions | AdamwOptions | SgdOptions

/** All that an optimiser remembers. Restored, it goes on to the same bytes; it does not matter which implementation of the rule wrote it. */
export interface OptimizerState {
  /** Updates done. */
  readonly steps: number
  /** By name, each as long as all weights together, in their order. */
  readonly buffers: Readonly<Record<string, Float32Array>>
}

/** Changes the weights of one network by gradients. Today a loop over 32-bit floats in JavaScript; a fused native op can take its place with the same state. */
export interface Optimizer {
  /**
   * One update of every weight that has a gradient.
   * @param gradients by position of the network's weights, undefined for one that the loss does not depend on
   * @param scale what each gradient is multiplied by first (clipping by norm)
   */
  apply(gradients: readonly (Tensor | undefined)[], learningRate: number, scale: number): void
  /** A copy. */
  state(): OptimizerState
  /** @throws LabError `bad-optimizer-state` where names or lengths do not fit */
  restore(state: OptimizerState): void
}

/** What an update rule gets for one weight array; all arrays are of one length. */
export interface RulePart {
  readonly weights: Float32Array
  readonly gradients: Float32Array
  /** Multiplies each gradient first. */
  readonly scale: number
  /** The rule's own buffers for this weight, in the order of {@link UpdateRule.buffers}; changed in place. */
  readonly buffers: readonly Float32Array[]
  /** New weights go here. */
  readonly out: Float32Array
  readonly learningRate: number
  /** Number of this update, from 1. */
  readonly step: number
  /** Whether weight decay applies to this weight. */
  readonly decayed: boolean
}

/** The arithmetic of an optimiser, apart from tensors: each operation is rounded to 32 bits, so that every backend gives the same bytes. */
export interface UpdateRule {
  /** Names of what it remembers for each weight; zeros at the start. */
  readonly buffers: readonly string[]
  update(part: RulePart): void
}

/** Weight decay is for matrices. Biases (and all else of one dimension) only shift, and shrinking them biases the output without making it smoother. */
export const isDecayed = (shape: readonly number[]): boolean => shape.length > 1

/** @throws LabError `bad-optimizer` unless lower <= value and value < upper */
export function checkOptimizerNumber(name: string, value: number, lower: number, upper: number): void {
  if (value >= lower && value < upper) return
  throw new LabError('bad-optimizer', `The optimiser cannot work with this ${name}.`, {
    received: `${name}: ${value}`,
    expected: `a number of at least ${lower}${upper === Infinity ? '' : `, below ${upper}`}`,
  })
}
