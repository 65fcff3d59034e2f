import { setImmediate } from 'node:timers/promises'
import { createRng, LabError, systemClock, type Clock } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import { interruptedError } from '../runtime/index.js'
import { applyGradients, batchStep, type BatchPosition, type GradientLimits } from './batch-step.js'
import { createOptimizer } from './optimizer/create-optimizer.js'
import { EarlyStopping } from './early-stopping.js'
import type { JointTraining } from './joint-training.js'
import { createSchedule, type Schedule, type ScheduleOptions, type ScheduleState } from './learning-rate.js'
import { assignWeights, readWeights, type JointNetwork, type Network, type WeightValues } from './network.js'
import type { Optimizer, OptimizerOptions } from './optimizer/optimizer.js'
import { MicroBatching, type MemoryGuard, type MemoryShrink } from './micro-batching.js'
import { Pace, type PaceFigures } from './pace.js'
import { meanLoss } from './loss.js'
import { predictLogits } from './predict.js'
import { allSamples, type LabelledSequences } from './sequence-data.js'
import type { EpochResult, TrainingState } from './training-state.js'

/** What decides the course of a training, apart from data and network. */
export interface LoopOptions extends GradientLimits {
  /** At most. Infinity: until early stopping or the signal. */
  readonly epochs: number
  readonly batchSize: number
  /** Initial rate; {@link schedule} moves it. */
  readonly learningRate: number
  /** Epochs without a better validation loss that are waited for. Without validation samples all epochs run and the last weights stay. */
  readonly patience: number
  readonly minDelta: number
  readonly seed: number
  /** Default: Adam. */
  readonly optimizer?: OptimizerOptions
  /** Default: constant. */
  readonly schedule?: ScheduleOptions
  /** Asked before each batch: smaller parts of a batch at 'shrink', `memory-limit` at 'stop'. Default: only batches that ran out of memory are computed in parts. */
  readonly memory?: MemoryGuard
  readonly onMemory?: (event: MemoryShrink) => void
  /** Where it meets other trainings at each batch: see `trainMany`. Changes the time, never the result. */
  readonly joint?: JointTraining
}

/** An epoch for showing: with figures of the clock, which are no part of the result. */
export interface EpochEvent extends EpochResult, PaceFigures {}

export interface EpochHooks {
  readonly signal?: AbortSignal
  readonly onEpoch?: (epoch: EpochEvent) => void
  /** Called after each update, and waited for. */
  readonly afterBatch?: () => void | Promise<void>
}

/**
 * A training that can be left and taken up between any two batches. The order of samples is a function of seed and epoch; all else that it remembers is in
 * {@link state}. It yields to the event loop and looks at the signal before each batch. It owns what its optimiser remembers, until {@link close}; the network
 * stays its owner's.
 */
export class TrainingLoop {
  readonly #tf: Tfjs
  readonly #network: Network
  readonly #options: LoopOptions
  readonly #optimizer: Optimizer
  readonly #schedule: Schedule
  readonly #stopping: EarlyStopping
  readonly #pace: Pace
  readonly #memory: MicroBatching
  #scheduleState: ScheduleState
  #best: readonly WeightValues[]
  #epoch = 1
  #batch = 0
  #step = 0
  #lossSum = 0
  #learningRate: number
  #history: EpochResult[] = []

  /** @throws LabError `bad-training-option`, `bad-optimizer`, `bad-schedule` */
  constructor(tf: Tfjs, network: Network, options: LoopOptions, clock: Clock = systemClock) {
    checkOptions(options)
    this.#tf = tf
    this.#network = network
    this.#options = options
    this.#schedule = createSchedule(options.schedule ?? { kind: 'constant' }, options.learningRate, options.epochs)
    this.#scheduleState = this.#schedule.initial
    this.#learningRate = options.learningRate
    this.#stopping = new EarlyStopping(options.patience, options.minDelta)
    this.#pace = new Pace(clock)
    this.#memory = new MicroBatching(options.batchSize, options.memory, options.onMemory)
    this.#best = readWeights(network)
    // Last, because it takes memory that is freed by close() alone.
    const variables = network.variables.map(({ variable }) => variable)
    this.#optimizer = createOptimizer(tf, variables, options.optimizer ?? { kind: 'adam' })
  }

  /** Epochs that have ended. */
  get history(): readonly EpochResult[] {
    return this.#history
  }

  /** The epoch whose weights {@link restoreBest} puts back; without validation the last one. */
  get bestEpoch(): number {
    return this.#stopping.bestEpoch > 0 ? this.#stopping.bestEpoch : this.#history.length
  }

  /** Where it is: equal exactly between the same two batches. */
  get position(): { readonly epoch: number; readonly batch: number } {
    return { epoch: this.#epoch, batch: this.#batch }
  }

  /** True where the loss has not become better for longer than `patience`. */
  get stoppedEarly(): boolean {
    return this.#stopping.shouldStop
  }

  get finished(): boolean {
    return this.stoppedEarly || this.#epoch > this.#options.epochs
  }

  /**
   * Trains the rest of the epoch in progress and evaluates it.
   * @param train its weights are taken as they are: scaled to mean 1 before
   * @throws LabError `interrupted`; `memory-limit`; `training-diverged`; `no-samples`
   */
  async runEpoch(train: LabelledSequences, validation: LabelledSequences, hooks: EpochHooks = {}): Promise<EpochResult> {
    this.#pace.epochStarted()
    await this.#trainRest(train, hooks)
    const validationLoss =
      validation.endRow.length > 0
        ? meanLoss(
            this.#network.loss ?? 'cross-entropy',
            await predictLogits(this.#tf, this.#network, validation),
            validation.target,
            validation.weight,
          )
        : undefined
    const result: EpochResult = {
      epoch: this.#epoch,
      trainLoss: this.#lossSum / train.endRow.length,
      ...(validationLoss !== undefined && { validationLoss }),
      learningRate: this.#learningRate,
      ...(this.#memory.halvings > 0 && { microBatch: this.#memory.microBatch }),
    }
    this.#close(result)
    hooks.onEpoch?.({ ...result, ...this.#pace.epochEnded(train.endRow.length, this.finished ? 0 : this.#options.epochs - result.epoch) })
    return result
  }

  async #trainRest(data: LabelledSequences, hooks: EpochHooks): Promise<void> {
    const { batchSize, seed } = this.#options
    const epoch = this.#epoch
    const order = createRng(seed, `batch-order/${epoch}`).shuffle(allSamples(data.endRow.length))
    const batches = Math.ceil(order.length / batchSize)
    if (batches === 0) throw new LabError('no-samples', 'There is nothing to train on.', { received: '0 training samples' })
    const leave = this.#network.joint === undefined ? undefined : this.#options.joint?.enter()
    try {
      await this.#trainBatches(data, order, batches, hooks)
    } finally {
      leave?.()
    }
  }

  async #trainBatches(data: LabelledSequences, order: Int32Array, batches: number, { signal, afterBatch }: EpochHooks): Promise<void> {
    const { batchSize } = this.#options
    const epoch = this.#epoch
    while (this.#batch < batches) {
      await setImmediate()
      const batch = this.#batch
      if (signal?.aborted === true) throw interruptedError(`training in epoch ${epoch}, batch ${batch + 1} of ${batches}`)
      this.#memory.look(`epoch ${epoch}, batch ${batch + 1} of ${batches}`)
      const samples = order.subarray(batch * batchSize, (batch + 1) * batchSize)
      const rate = this.#schedule.rate(this.#scheduleState, { epoch, step: this.#step, stepsPerEpoch: batches })
      const at = { epoch, batch: batch + 1, batches, step: this.#step }
      this.#lossSum += samples.length * (await this.#update(data, samples, rate, at))
      this.#learningRate = rate
      this.#batch++
      this.#step++
      this.#pace.trained(samples.length)
      await afterBatch?.()
    }
  }

  /** An error leaves the weights as they were, so a batch that did not fit into memory can be tried again. */
  async #update(data: LabelledSequences, samples: Int32Array, rate: number, at: BatchPosition): Promise<number> {
    const { joint } = this.#network
    for (;;)
      try {
        if (joint !== undefined && this.#options.joint !== undefined && samples.length <= this.#memory.microBatch)
          return await this.#jointUpdate(this.#options.joint, joint, data, samples, rate, at)
        return batchStep(this.#tf, this.#network, this.#optimizer, data, samples, this.#options, rate, at, this.#memory.microBatch)
      } catch (error) {
        if (!this.#memory.shrinkAfter(error)) throw error
      }
  }

  async #jointUpdate(
    together: JointTraining,
    joint: JointNetwork,
    data: LabelledSequences,
    samples: Int32Array,
    rate: number,
    at: BatchPosition,
  ): Promise<number> {
    const step = await together.gradients(this.#network, joint, data, samples, at.step)
    try {
      return applyGradients(this.#tf, this.#network, this.#optimizer, step, this.#options, rate, at)
    } finally {
      this.#tf.dispose([step.loss, ...step.gradients.flatMap((gradient) => gradient ?? [])])
    }
  }

  #close(result: EpochResult): void {
    const { epoch, trainLoss, validationLoss } = result
    this.#history.push(result)
    if (validationLoss !== undefined && this.#stopping.improved(epoch, validationLoss)) this.#best = readWeights(this.#network)
    this.#scheduleState = this.#schedule.afterEpoch(this.#scheduleState, validationLoss ?? trainLoss)
    this.#epoch++
    this.#batch = 0
    this.#lossSum = 0
  }

  /** Puts the weights of the best epoch into the network; without validation, those of the last epoch stay. */
  restoreBest(): void {
    const { bestEpoch } = this.#stopping
    if (bestEpoch > 0 && bestEpoch < this.#history.length) assignWeights(this.#tf, this.#network, this.#best)
  }

  /** Frees what the optimiser remembers; the network stays. Safe to call twice. */
  close(): void {
    this.#optimizer.dispose()
  }

  state(): TrainingState {
    return {
      weights: readWeights(this.#network),
      best: this.#best,
      optimizer: this.#optimizer.state(),
      epoch: this.#epoch,
      batch: this.#batch,
      step: this.#step,
      lossSum: this.#lossSum,
      learningRate: this.#learningRate,
      seed: this.#options.seed,
      schedule: this.#scheduleState,
      stopping: this.#stopping.state,
      halvings: this.#memory.halvings,
      history: [...this.#history],
    }
  }

  /** Goes on where a loop with the same options, network and data was. @throws LabError `bad-optimizer-state` */
  restore(state: TrainingState): void {
    this.#optimizer.restore(state.optimizer)
    assignWeights(this.#tf, this.#network, state.weights)
    this.#best = state.best
    this.#epoch = state.epoch
    this.#batch = state.batch
    this.#step = state.step
    this.#lossSum = state.lossSum
    this.#scheduleState = state.schedule
    this.#stopping.restore(state.stopping)
    this.#memory.restore(state.halvings)
    this.#history = [...state.history]
    this.#learningRate = state.learningRate
  }
}

function checkOptions({ epochs, batchSize, learningRate, patience, minDelta, gradientClip, gradientClipValue }: LoopOptions): void {
  const whole = (value: number, from: number): boolean => Number.isInteger(value) && value >= from
  const wrong = Object.entries({
    epochs: [epochs, epochs === Infinity || whole(epochs, 1), 'a whole number from 1'],
    batchSize: [batchSize, whole(batchSize, 1), 'a whole number from 1'],
    learningRate: [learningRate, learningRate > 0 && learningRate < Infinity, 'a positive number'],
    patience: [patience, patience === Infinity || whole(patience, 0), 'a whole number from 0'],
    minDelta: [minDelta, minDelta >= 0, 'a number of at least 0'],
    gradientClip: [gradientClip, gradientClip > 0, 'a positive number'],
    gradientClipValue: [gradientClipValue, gradientClipValue === undefined || gradientClipValue > 0, 'a positive number'],
  } as const).find(([, [, fine]]) => !fine)
  if (wrong === undefined) return
  const [name, [value, , expected]] = wrong
  throw new LabError('bad-training-option', 'A training cannot run with this setting.', { received: `${name}: ${String(value)}`, expected })
}
