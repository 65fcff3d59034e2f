import type { TensorContainer } from '@tensorflow/tfjs'
import type { Tfjs } from '../native/tensorflow/index.js'
import { batchTensors } from './loss-gradients.js'
import type { JointNetwork, LossGradients, Network } from './network.js'
import type { LabelledSequences } from './sequence-data.js'

interface Request {
  readonly network: Network
  readonly joint: JointNetwork
  readonly data: LabelledSequences
  readonly samples: Int32Array
  readonly step: number
  readonly resolve: (result: LossGradients) => void
  readonly reject: (error: unknown) => void
}

/**
 * Where trainings that run side by side meet at each batch: when all that are amid an epoch have asked for their gradients, those of networks of one make are computed
 * in one call. Each training stays its own in everything else (order, optimiser, early stopping, checkpoints), and gets the bytes that it would get alone.
 */
export class JointTraining {
  readonly #tf: Tfjs
  #inEpoch = 0
  #waiting: Request[] = []

  constructor(tf: Tfjs) {
    this.#tf = tf
  }

  /** A training begins or goes on with an epoch's batches; it must call what this returns when it leaves them, whatever the reason. */
  enter(): () => void {
    this.#inEpoch++
    return () => {
      this.#inEpoch--
      this.#computeWhenComplete()
    }
  }

  /** Loss and gradients of one batch, when the others have come. The tensors are the caller's to dispose of. */
  gradients(network: Network, joint: JointNetwork, data: LabelledSequences, samples: Int32Array, step: number): Promise<LossGradients> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ network, joint, data, samples, step, resolve, reject })
      this.#computeWhenComplete()
    })
  }

  #computeWhenComplete(): void {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#inEpoch) return
    const all = this.#waiting
    this.#waiting = []
    const byKey = new Map<string, Request[]>()
    for (const request of all) byKey.set(request.joint.key, [...(byKey.get(request.joint.key) ?? []), request])
    for (const requests of byKey.values()) this.#compute(requests)
  }

  #compute(requests: readonly Request[]): void {
    const tf = this.#tf
    try {
      const work = (): LossGradients[] =>
        requests[0]!.joint.gradients(
          requests.map(({ network, data, samples, step }) => ({ network, step, ...batchTensors(tf, data, samples) })),
        )
      // tidy keeps the tensors of what it returns, though its types know plain records only.
      const results = tf.tidy(work as unknown as () => TensorContainer) as unknown as LossGradients[]
      requests.forEach(({ resolve }, i) => resolve(results[i]!))
    } catch (error) {
      for (const { reject } of requests) reject(error)
    }
  }
}
