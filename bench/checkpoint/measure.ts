import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLstmNetwork } from '../../src/models/lstm/lstm-network.js'
import type { LoadedTensorflow } from '../../src/native/tensorflow/index.js'
import { train, type CheckpointEvent, type Network, withoutSamples } from '../../src/train/index.js'
import { median } from '../features/timing.js'
import { sequences } from '../lstm/problem.js'
import { nameOf, type Shape } from '../lstm/shapes.js'

/** Largest share of training time that checkpoints may cost at one an epoch. */
export const GATE = 0.02
/** Epochs last at least this long. */
const EPOCH_MS = 1000

/** From the end of one epoch to the end of the next, and what lay in between. */
interface Interval {
  /** Whether the checkpoint of the epoch before was written meanwhile. */
  readonly saved: boolean
  readonly ms: number
  /** Processor time of all threads. */
  readonly cpuMs: number
  /** From the end of the epoch to the first forward pass of the next: the training stands still. */
  readonly betweenMs: number
}

/** What a training shows of itself. `writeMs`: from the end of the epoch until its checkpoint is whole, beside the training. */
interface Watch {
  readonly intervals: Interval[]
  readonly writeMs: number[]
  bytes: number
}

/** One training with a checkpoint after every second epoch, so that epochs with one and without stand next to each other. */
async function watchTraining(loaded: LoadedTensorflow, shape: Shape, threads: number, epochs: number, folder: string): Promise<Watch> {
  const { lookback, inputs, units, layers, batch } = shape
  const data = sequences(shape)
  const config = { lookbackBars: lookback, featureCount: inputs, units, layers, dropout: 0, threads, seed: 1, outputBias: 0 }
  const inner = createLstmNetwork(loaded, config)
  const watch: Watch = { intervals: [], writeMs: [], bytes: 0 }
  let last: { readonly epoch: number; readonly at: number; readonly cpu: number } | undefined
  let begunAt: number | undefined
  let saveBegunAt = NaN
  const cpuNow = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000
  const network: Network = {
    ...inner,
    logits(x, step) {
      begunAt ??= performance.now()
      return inner.logits(x, step)
    },
  }
  const onEvent = (event: CheckpointEvent): void => {
    if (event.type !== 'checkpoint-saved') return
    // The one at the end of the training, after an odd epoch, has no epoch beside it.
    if (event.epoch % 2 === 1) watch.writeMs.push(performance.now() - saveBegunAt)
    watch.bytes = readdirSync(event.path).reduce((sum, name) => sum + statSync(join(event.path, name)).size, 0)
  }
  try {
    await train(loaded.tf, network, data, withoutSamples(data), {
      ...{ epochs, batchSize: batch, learningRate: 1e-3, gradientClip: 1, patience: Infinity, minDelta: 0, seed: 1 },
      checkpoint: { folder, everyEpochs: 2, onEvent },
      onEpoch: ({ epoch }) => {
        const [at, cpu] = [performance.now(), cpuNow()]
        if (last !== undefined)
          watch.intervals.push({ saved: last.epoch % 2 === 0, ms: at - last.at, cpuMs: cpu - last.cpu, betweenMs: begunAt! - last.at })
        last = { epoch, at, cpu }
        if (epoch % 2 === 0) saveBegunAt = at
        begunAt = undefined
      },
    })
  } finally {
    inner.dispose()
  }
  return watch
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'barlab-bench-checkpoint-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How much longer epochs with a checkpoint are than the epochs on both sides of them, as a share; the median. */
function share(intervals: readonly Interval[], of: (interval: Interval) => number): number {
  const pairs = intervals.flatMap((interval, i) => {
    const [before, after] = [intervals[i - 1], intervals[i + 1]]
    if (!interval.saved || before === undefined || after === undefined) return []
    const without = (of(before) + of(after)) / 2
    return [of(interval) / without - 1]
  })
  return median(pairs)
}

/** The batches of {@link shape} are as many as make an epoch of a second, by a short training before. */
export async function measureCheckpoints(loaded: LoadedTensorflow, shape: Shape, threads: number, repeats: number) {
  const trial = await inFolder((folder) => watchTraining(loaded, shape, threads, 4, folder))
  const stepMs = Math.min(...trial.intervals.map(({ ms }) => ms)) / shape.steps
  const sized = { ...shape, steps: Math.ceil((1.1 * EPOCH_MS) / stepMs) }
  const { intervals, writeMs, bytes } = await inFolder((folder) => watchTraining(loaded, sized, threads, 2 * repeats + 3, folder))
  const between = (saved: boolean): number => median(intervals.filter((each) => each.saved === saved).map(({ betweenMs }) => betweenMs))
  const epochMs = median(intervals.filter(({ saved }) => !saved).map(({ ms }) => ms))
  const blockedMs = between(true) - between(false)
  const cost = share(intervals, ({ ms }) => ms)
  return {
    shape: nameOf(shape),
    steps: sized.steps,
    epochMs,
    bytes,
    writeMs: median(writeMs),
    blockedMs,
    blockedShare: blockedMs / epochMs,
    cpuShare: share(intervals, ({ cpuMs }) => cpuMs),
    cost,
    gate: GATE,
    // On a busy machine the difference of epochs may hide a training that stands still.
    passed: Math.max(cost, blockedMs / epochMs) <= GATE && epochMs >= EPOCH_MS,
  }
}
