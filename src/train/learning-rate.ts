import { LabError } from '../core/index.js'

/** How the learning rate moves from its initial value. `minRate` is where it stops falling (default 0). Rates change at epochs, the cosine at every step. */
export type ScheduleOptions =
  | { readonly kind: 'constant' }
  /** Times `decay` after every epoch. */
  | { readonly kind: 'exponential'; readonly decay: number; readonly minRate?: number }
  /** Half a cosine down to `minRate` at the last step of all epochs (Loshchilov & Hutter 2017), after a straight rise over the first `warmUpEpochs` (default 0). */
  | { readonly kind: 'cosine'; readonly warmUpEpochs?: number; readonly minRate?: number }
  /** Times `factor` when the loss has not fallen by more than `minDelta` (default 0) for `patience` epochs in a row. */
  | { readonly kind: 'plateau'; readonly factor: number; readonly patience: number; readonly minDelta?: number; readonly minRate?: number }
  /** By the pace of improvement: see {@link adaptive}. `decay` is the factor of an epoch without improvement (default 0.7). */
  | { readonly kind: 'adaptive'; readonly decay?: number; readonly minRate?: number }

/** Plain numbers: a checkpoint keeps them. */
export type ScheduleState = Readonly<Record<string, number>>

export interface RatePosition {
  /** From 1. */
  readonly epoch: number
  /** Updates done before this one, over all epochs. */
  readonly step: number
  readonly stepsPerEpoch: number
}

/** A learning-rate schedule without a life of its own: its state goes in and comes out. */
export interface Schedule {
  readonly initial: ScheduleState
  rate(state: ScheduleState, at: RatePosition): number
  /** @param loss of the epoch that has ended: the validation loss where there is one, else the training loss */
  afterEpoch(state: ScheduleState, loss: number): ScheduleState
}

/**
 * The rule by which the learning rate changes in a training.
 * @param learningRate initial rate; @param epochs how many are planned (the cosine ends there)
 * @throws LabError `bad-schedule`
 */
export function createSchedule(options: ScheduleOptions, learningRate: number, epochs: number): Schedule {
  check('learningRate', learningRate, 0, Infinity)
  const minRate = 'minRate' in options ? (options.minRate ?? 0) : 0
  if (minRate !== 0) check('minRate', minRate, 0, learningRate)
  switch (options.kind) {
    case 'constant':
      return stateless(() => learningRate)
    case 'exponential':
      check('decay', options.decay, 0, 1)
      return stateless(({ epoch }) => Math.max(minRate, learningRate * options.decay ** (epoch - 1)))
    case 'cosine':
      return cosine(learningRate, minRate, epochs, options.warmUpEpochs ?? 0)
    case 'plateau':
      check('factor', options.factor, 0, 1)
      return plateau(learningRate, minRate, options.factor, options.patience, options.minDelta ?? 0)
    case 'adaptive':
      check('decay', options.decay ?? 0.7, 0, 1)
      return adaptive(learningRate, minRate, options.decay ?? 0.7)
  }
}

const stateless = (rate: (at: RatePosition) => number): Schedule => ({
  initial: {},
  rate: (_, at) => rate(at),
  afterEpoch: (state) => state,
})

function cosine(learningRate: number, minRate: number, epochs: number, warmUpEpochs: number): Schedule {
  if (epochs === Infinity) throw bad('epochs', epochs, 'a number of epochs, for a cosine ends with the last')
  if (!(warmUpEpochs >= 0 && warmUpEpochs < epochs)) throw bad('warmUpEpochs', warmUpEpochs, `from 0, below the ${epochs} epochs`)
  return stateless(({ step, stepsPerEpoch }) => {
    const warmUp = warmUpEpochs * stepsPerEpoch
    if (step < warmUp) return (learningRate * (step + 1)) / warmUp
    const done = Math.min(1, (step - warmUp) / Math.max(1, epochs * stepsPerEpoch - warmUp - 1))
    return minRate + ((learningRate - minRate) * (1 + Math.cos(Math.PI * done))) / 2
  })
}

function plateau(learningRate: number, minRate: number, factor: number, patience: number, minDelta: number): Schedule {
  if (!Number.isInteger(patience) || patience < 1) throw bad('patience', patience, 'a whole number from 1')
  if (!(minDelta >= 0)) throw bad('minDelta', minDelta, 'a number of at least 0')
  return {
    initial: { rate: learningRate, best: Infinity, waited: 0 },
    rate: ({ rate }) => rate!,
    afterEpoch({ rate, best, waited }, loss) {
      if (loss < (best === Infinity ? best : best! - minDelta)) return { rate: rate!, best: loss, waited: 0 }
      if (waited! + 1 < patience) return { rate: rate!, best: best!, waited: waited! + 1 }
      return { rate: Math.max(minRate, rate! * factor), best: best!, waited: 0 }
    },
  }
}

/** How much the latest epoch counts in the usual pace. */
const PACE_SHARE = 0.5
/** A loss that was nearly 0 makes any change endless; two endless paces could not be held against each other. */
const MAX_PACE = 1e6

/**
 * Pace is the share of the loss that an epoch took away. Each epoch is held against the usual pace so far (an exponential mean): as fast keeps the rate, half as
 * fast multiplies it by the root of `decay`, no improvement by `decay`, a loss that rises by up to `decay` squared.
 */
function adaptive(learningRate: number, minRate: number, decay: number): Schedule {
  return {
    initial: { rate: learningRate, loss: NaN, pace: NaN },
    rate: ({ rate }) => rate!,
    afterEpoch({ rate, loss: before, pace }, loss) {
      if (Number.isNaN(before) || Number.isNaN(loss)) return { rate: rate!, loss, pace: pace! }
      const now = before === 0 ? 0 : Math.max(-MAX_PACE, Math.min(MAX_PACE, (before! - loss) / Math.abs(before!)))
      const usual = Number.isNaN(pace) ? Math.max(now, 0) : pace!
      const share = usual > 0 ? Math.max(-1, Math.min(1, now / usual)) : Math.sign(now)
      return {
        rate: Math.max(minRate, rate! * decay ** (1 - share)),
        loss,
        pace: usual + PACE_SHARE * (Math.max(now, 0) - usual),
      }
    },
  }
}

function check(name: string, value: number, above: number, most: number): void {
  if (!(value > above && value <= most && value < Infinity))
    throw bad(name, value, `a number above ${above}${most === Infinity ? '' : `, at most ${most}`}`)
}

const bad = (name: string, value: number, expected: string): LabError =>
  new LabError('bad-schedule', `The learning rate cannot follow this ${name}.`, { received: `${name}: ${value}`, expected })
