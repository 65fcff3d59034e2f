import { EXIT, LabError } from '../../core/index.js'
import type { FitNotice, FitProgress, FitReport, ModelContext, ModelSpec } from '../../models/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { OutOfMemory } from '../../runtime/index.js'
import type { Fold } from '../../split/index.js'
import type { FitCheckpointPlan } from './fit-checkpoints.js'
import type { FitMemory } from './fit-memory.js'
import type { FitReuse } from './fit-reuse.js'

/** What is fitted: one matrix, its targets, its folds. */
export interface FitProblem {
  /** Where several are fitted: a name for each. */
  readonly symbol?: string
  readonly X: FeatureMatrix
  /** 0 or 1 by row of X, any number where the models are regressions; NaN where unknown. */
  readonly y: Float64Array
  /** By row of X: what it counts in training (see labels and sample weights). Default: all alike. */
  readonly sampleWeight?: Float64Array
  /** By row of X: when its label is known, ms. What splits training rows once more (a stack) purges by it. Default: at the row's own time. */
  readonly labelEndTime?: Float64Array
  readonly folds: readonly Fold[]
}

/** Models, seed, threads and workers of many fits. */
export interface FitOptions {
  /** Fits are kept below it in `fits/<content hash>/`. A relative path counts from the folder the user typed in. */
  readonly runFolder: string
  /** Names are unique; two may be of one kind. */
  readonly models: readonly { readonly name: string; readonly spec: ModelSpec }[]
  readonly seed: number
  /** Threads of each fit: part of what decides the result, so never derived from `workers`. */
  readonly threadsPerFit: number
  /** Fits at a time; changes the time, never the result. */
  readonly workers: number
  readonly device: ModelContext['device']
  readonly requireDevice: boolean
  /** When a fit of many steps (the LSTM) writes checkpoints, from which the same call goes on after an interruption or kill. Default: never. */
  readonly checkpoints?: FitCheckpointPlan
  /** Told which workers there are; its signal stops the fits. The caller closes it. */
  readonly memory?: FitMemory
  /** Workers and inputs of earlier calls on the same data. The caller closes it. Default: each call has its own. */
  readonly reuse?: FitReuse
  readonly signal?: AbortSignal
  readonly onEvent?: (event: FitEvent) => void
}

/** What happened to one fit. */
export type FitEvent = { readonly symbol?: string; readonly fold: number; readonly model: string } & (
  | { readonly type: 'fit-started' }
  | { readonly type: 'fit-progress'; readonly progress: FitProgress }
  | { readonly type: 'fit-notice'; readonly notice: FitNotice }
  /** The worker was killed for want of memory: once more, in smaller parts and with fewer workers. */
  | { readonly type: 'fit-retried'; readonly reason: OutOfMemory }
  | { readonly type: 'fit-finished'; readonly seconds: number; readonly report: FitReport }
  | { readonly type: 'fit-reused'; readonly seconds: number }
  /** A stored fit was damaged: it is removed and fitted again. */
  | { readonly type: 'fit-discarded'; readonly reason: string }
)

/** A fitted model, and what it predicted for the test rows of its fold. */
export interface FoldFit {
  /** Where several were fitted: which. */
  readonly symbol?: string
  readonly fold: number
  readonly model: string
  /** Test rows of the fold, and for each the probability of y = 1, or what a regression predicts. */
  readonly rows: Int32Array
  readonly proba: Float64Array
  readonly report: FitReport
  readonly importance: Float64Array | undefined
  readonly folder: string
  /** True when a fit of an earlier call was taken. */
  readonly reused: boolean
  /** Time of the fit itself, also where it was reused. */
  readonly seconds: number
}

/** @throws LabError `bad-workers`, `duplicate-model`, `duplicate-symbol`, `bad-weight` */
export function checkFitOptions({ workers, threadsPerFit, models }: FitOptions, problems: readonly FitProblem[]): void {
  for (const [name, value] of Object.entries({ workers, threadsPerFit }))
    if (!Number.isInteger(value) || value < 1)
      throw new LabError('bad-workers', 'Fits need at least one worker and one thread.', {
        received: `${name} = ${value}`,
        expected: 'a whole number from 1',
        help: `set ${name} to 1 or more`,
        exitCode: EXIT.usage,
      })
  const model = repeated(models.map(({ name }) => name))
  if (model !== undefined) throw twice('model', model)
  const symbol = repeated(problems.map(({ symbol = '' }) => symbol))
  if (symbol !== undefined) throw twice('symbol', symbol)
  for (const problem of problems) checkWeights(problem)
}

const repeated = (names: readonly string[]): string | undefined => names.find((name, i) => names.indexOf(name) !== i)

const twice = (what: 'model' | 'symbol', name: string): LabError =>
  new LabError(`duplicate-${what}`, `Two ${what}s have one name.`, {
    received: name === '' ? 'no name' : name,
    expected: 'a name for each',
    exitCode: EXIT.usage,
  })

function checkWeights({ X, folds, sampleWeight }: FitProblem): void {
  if (sampleWeight === undefined) return
  const wrong = folds.flatMap(({ train }) => [...train]).find((row) => !(sampleWeight[row]! >= 0 && sampleWeight[row]! < Infinity))
  if (sampleWeight.length === X.rows && wrong === undefined) return
  throw new LabError('bad-weight', 'The sample weights cannot be used.', {
    received:
      wrong === undefined ? `${sampleWeight.length} weights for ${X.rows} rows` : `weight ${sampleWeight[wrong]} of training row ${wrong}`,
    expected: 'a weight of at least 0 for each row of X',
    help: 'labels that are not known yet have no weight: leave their rows out of the folds',
    exitCode: EXIT.usage,
  })
}
