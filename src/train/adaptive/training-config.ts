import { LabError, nearestName } from '../../core/index.js'

/** Settings of an {@link AdaptiveTrainer}. */
export interface TrainingConfig {
  /** Rate of the first epoch. */
  readonly learningRateInitial: number
  /** The rate does not fall below it. */
  readonly learningRateMin: number
  /** What the rate is multiplied by after each epoch where it is not adaptive. */
  readonly learningRateDecay: number
  readonly batchSize: number
  /** The training stops after so many epochs in a row without improvement. */
  readonly earlyStoppingPatience: number
  /** How much the validation loss must fall to count as improvement. */
  readonly earlyStoppingThreshold: number
  /** Largest norm of all gradients together. */
  readonly gradientClip: number
  /** True: the rate follows the pace of improvement; false: it decays by `learningRateDecay`. */
  readonly useAdaptiveLr: boolean
  /** Share of the last step that goes into the next, from 0 to below 1. */
  readonly momentum: number
  /** L2 penalty of weight matrices; biases have none. */
  readonly weightDecay: number
  /** True: samples count by their position, in a straight line from 0.5 (first, oldest) to 1.5 (last). */
  readonly sampleWeights: boolean
}

/** What a setting is where it is left out. */
export const DEFAULT_TRAINING_CONFIG: TrainingConfig = {
  learningRateInitial: 0.1,
  learningRateMin: 0.001,
  learningRateDecay: 0.95,
  batchSize: 256,
  earlyStoppingPatience: 20,
  earlyStoppingThreshold: 0.0001,
  gradientClip: 1,
  useAdaptiveLr: true,
  momentum: 0.9,
  weightDecay: 0.0001,
  sampleWeights: true,
}

/** Fills in what is not set. @throws LabError `unknown-parameter`, `bad-parameter` */
export function trainingConfig(config: Partial<TrainingConfig>): TrainingConfig {
  const names = Object.keys(DEFAULT_TRAINING_CONFIG)
  const unknown = Object.keys(config).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const near = nearestName(unknown, names)
    throw new LabError('unknown-parameter', 'A training has no setting of this name.', {
      received: unknown,
      expected: names.join(', '),
      ...(near !== undefined && { help: `did you mean ${near}?` }),
    })
  }
  const full = { ...DEFAULT_TRAINING_CONFIG, ...config }
  for (const [name, expected, fine] of RULES) {
    const value = full[name]
    if (typeof value !== typeof DEFAULT_TRAINING_CONFIG[name] || (typeof value === 'number' && !fine(value)))
      throw new LabError('bad-parameter', 'A training cannot run with this setting.', { received: `${name}: ${String(value)}`, expected })
  }
  if (full.learningRateMin > full.learningRateInitial)
    throw new LabError('bad-parameter', 'The lowest learning rate is above the first one.', {
      received: `learningRateMin: ${full.learningRateMin}`,
      expected: `at most learningRateInitial, ${full.learningRateInitial}`,
    })
  return full
}

const positive = (value: number): boolean => value > 0 && value < Infinity
const wholeFromOne = (value: number): boolean => Number.isInteger(value) && value >= 1
const anything = (): boolean => true

const RULES: readonly (readonly [keyof TrainingConfig, string, (value: number) => boolean])[] = [
  ['learningRateInitial', 'a positive number', positive],
  ['learningRateMin', 'a positive number', positive],
  ['learningRateDecay', 'a number above 0, at most 1', (value) => value > 0 && value <= 1],
  ['batchSize', 'a whole number from 1', wholeFromOne],
  ['earlyStoppingPatience', 'a whole number from 1', wholeFromOne],
  ['earlyStoppingThreshold', 'a number of at least 0', (value) => value >= 0],
  ['gradientClip', 'a positive number', (value) => value > 0],
  ['useAdaptiveLr', 'true or false', anything],
  ['momentum', 'a number from 0, below 1', (value) => value >= 0 && value < 1],
  ['weightDecay', 'a number of at least 0', (value) => value >= 0 && value < Infinity],
  ['sampleWeights', 'true or false', anything],
]
