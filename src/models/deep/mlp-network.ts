import type { Scalar, Tensor, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs'
import { createRng } from '../../core/index.js'
import type { Tfjs } from '../../native/tensorflow/index.js'
import { batchLoss, type JointBatch, type JointNetwork, type Loss, type LossGradients } from '../../train/index.js'
import { keepMask } from '../networks/dropout.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'

export interface MlpNetworkConfig {
  readonly lookbackBars: number
  readonly featureCount: number
  /** Width of each hidden layer. */
  readonly units: number
  /** Hidden layers. */
  readonly layers: number
  /** Share of each hidden layer's outputs that a training step leaves out. */
  readonly dropout: number
  readonly seed: number
  readonly loss: Loss
  /** Where the output starts. */
  readonly outputBias: number
}

export interface MlpNetwork extends WeightedNetwork {
  /** What is left of a hidden layer's outputs [batch, units] in a step of training. */
  readonly drop: (h: Tensor, step: number, layer: number) => Tensor
}

/**
 * The window as one row, hidden layers with ReLU, one linear output. Weights start by He et al. 2015 (normal, variance 2 / inputs), those of the output by
 * Glorot & Bengio 2010; biases at 0.
 *
 * Several of one make compute together ({@link jointMlp}): weights stacked to [networks, inputs, outputs], each product one batched matrix product for all of them, so
 * that on a card, where small products cost their launch, many networks cost little more than one. Alone it is the same computation with one network.
 */
export function createMlpNetwork(tf: Tfjs, config: MlpNetworkConfig): MlpNetwork {
  const { lookbackBars, featureCount, units, layers, dropout, seed, loss, outputBias } = config
  const rng = createRng(seed, 'mlp-network')
  const widths = [lookbackBars * featureCount, ...new Array<number>(layers).fill(units), 1]
  const weights = widths.slice(1).flatMap((width, layer) => {
    const inputs = widths[layer]!
    const last = layer === layers
    const deviation = Math.sqrt(2 / (last ? inputs + width : inputs))
    const values = Float32Array.from({ length: inputs * width }, () => deviation * rng.normal())
    const name = last ? 'output' : `hidden_${layer + 1}`
    const variable = (start: () => Tensor): Variable => tf.tidy(() => tf.variable(start()))
    return [
      { name: `${name}/kernel`, variable: variable(() => tf.tensor2d(values, [inputs, width])) },
      { name: `${name}/bias`, variable: variable(() => tf.fill([width], last ? outputBias : 0)) },
    ]
  })
  const drop = (h: Tensor, step: number, layer: number): Tensor =>
    dropout > 0 ? h.mul(keepMask(tf, h, dropout, seed, `dropout/${step}/${layer + 1}`)) : h
  let alive = true
  return {
    loss,
    weights,
    variables: weights,
    drop,
    logits(x, step) {
      const stacked = weights.map(({ variable }) => variable.expandDims(0))
      const masks = step === undefined ? undefined : [(h: Tensor, layer: number) => drop(h, step, layer)]
      return forward(x.expandDims(0), stacked, masks).reshape<Tensor2D>([-1, 1])
    },
    joint: jointMlp(tf, `mlp/${widths.join('-')}/${loss}`, loss),
    dispose() {
      if (!alive) return
      alive = false
      for (const { variable } of weights) variable.dispose()
    },
  }
}

type DrawMask = (h: Tensor, layer: number) => Tensor

/**
 * @param x [networks, batch, lookback, features]
 * @param weights kernel [networks, inputs, outputs] and bias [networks, outputs] of each layer
 * @param masks what each network leaves out while training; undefined: nothing
 * @returns [networks, batch]
 */
function forward(x: Tensor, weights: readonly Tensor[], masks: readonly DrawMask[] | undefined): Tensor2D {
  const [networks, batch] = x.shape as [number, number]
  let h = x.reshape<Tensor3D>([networks, batch, -1])
  const layers = weights.length / 2
  for (let layer = 0; layer < layers; layer++) {
    const z = h.matMul<Tensor3D>(weights[2 * layer] as Tensor3D).add<Tensor3D>(weights[2 * layer + 1]!.expandDims(1))
    h = layer === layers - 1 ? z : withMasks(z.relu(), masks, layer)
  }
  return h.reshape([networks, batch])
}

function withMasks(h: Tensor3D, masks: readonly DrawMask[] | undefined, layer: number): Tensor3D {
  if (masks === undefined) return h
  const [first, ...others] = parted(h).map((part, k) => masks[k]!(part, layer).expandDims<Tensor3D>(0))
  return others.length === 0 ? first! : first!.concat(others, 0)
}

/** Along the first axis. Of one network by reshaping: the gradient that tfjs has for `unstack` expects several. */
const parted = (stacked: Tensor): Tensor[] => (stacked.shape[0] === 1 ? [stacked.reshape(stacked.shape.slice(1))] : stacked.unstack(0))

const jointMlp = (tf: Tfjs, key: string, loss: Loss): JointNetwork => ({
  key,
  gradients(batches) {
    // Networks whose batch has another number of samples cannot stand in one stack.
    const sizes = [...new Set(batches.map(({ x }) => x.shape[0]))]
    const results = new Map<JointBatch, LossGradients>()
    for (const size of sizes) {
      const group = batches.filter(({ x }) => x.shape[0] === size)
      for (const [k, result] of stackedGradients(tf, loss, group).entries()) results.set(group[k]!, result)
    }
    return batches.map((batch) => results.get(batch)!)
  },
})

function stackedGradients(tf: Tfjs, loss: Loss, batches: readonly JointBatch[]): LossGradients[] {
  const networks = batches.map(({ network }) => network as MlpNetwork)
  const stacked = networks[0]!.weights.map((_, p) => tf.stack(networks.map(({ weights }) => weights[p]!.variable as Tensor)))
  const x = tf.stack(batches.map((batch) => batch.x))
  const masks = batches.map(
    ({ step }, k): DrawMask =>
      (h, layer) =>
        networks[k]!.drop(h, step, layer),
  )
  let each: Scalar[] = []
  // Each network's weights stand in its own loss alone: the gradient of the sum is that of each.
  const { grads } = tf.valueAndGrads((...weights: Tensor[]) => {
    const outputs = parted(forward(x, weights, masks))
    each = batches.map(({ target, weight }, k) => tf.keep(batchLoss(tf, loss, outputs[k]!, target, weight)))
    return tf.addN(each)
  })(stacked)
  const parts = grads.map((gradient) => gradient.unstack(0))
  return each.map((kept, k) => {
    const value = kept.clone()
    kept.dispose()
    return { loss: value, gradients: parts.map((part) => part[k]!) }
  })
}
