import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Bars } from '../../data/index.js'
import { isLabError } from '../../core/index.js'
import type { OverfittingReport } from '../../evaluate/index.js'
import type { ModelKind } from '../../models/index.js'
import { table, type ReportSection, type Table } from '../../report/index.js'
import type { Fold } from '../../split/index.js'
import { countTrials, studyFolder, type StudyTrial } from '../../tune/index.js'
import { fitFolds, type FitFoldsOptions } from '../fits/fit-folds.js'
import { FitReuse } from '../fits/fit-reuse.js'
import { planFits } from '../fits/plan-fits.js'
import { checkNoise, checkOracle, type HonestyCheck } from '../honesty/oracle-and-noise.js'
import { studyOverfitting, type StudyReturnsInput } from '../honesty/study-overfitting.js'
import type { TunedModel } from './tune-model.js'

export interface CheckTuningInput extends Omit<FitFoldsOptions, 'models' | 'folds'> {
  readonly bars: Bars
  readonly model: ModelKind
  /** Of all trials. */
  readonly fixed: Readonly<Record<string, unknown>>
  readonly tuned: TunedModel
  readonly folds: readonly Fold[]
  readonly threshold: number
  readonly feeRate: number
}

/** What could show that a search found nothing but luck. */
export interface TuningChecks {
  readonly oracle: HonestyCheck
  readonly noise: HonestyCheck
  /** Of the trials' long-or-flat returns over the test rows of their folds; where it is not defined, why. */
  readonly overfitting: OverfittingReport | string
}

/** Returns of more trials say little more; the number of trials counts them all. */
const MOST_TRIALS = 60

/** Checks the best parameters by oracle and noise, and holds the trials' returns against their number. */
export async function checkTuning(input: CheckTuningInput): Promise<TuningChecks> {
  const { bars, model, fixed, tuned, threshold, feeRate, ...fit } = input
  const best = { name: model, spec: { kind: model, params: { ...fixed, ...tuned.result!.params } } }
  const { X, y, labelEndTime, folds, ...options } = fit
  const problem = { ...options, X, y, ...(labelEndTime !== undefined && { labelEndTime }), fold: folds.at(-1)!, models: [best] }
  const oracle = await checkOracle(problem)
  const noise = await checkNoise(problem)
  const trials = await trialPredictions(model, fixed, tuned, fit)
  const counts = countTrials(tuned.trials)
  try {
    const trialCount = Math.max(trials.length, counts.complete + counts.pruned)
    const overfitting = studyOverfitting({ bars, trials, trialCount, chosen: `trial ${tuned.result!.trial}`, threshold, feeRate })
    return { oracle, noise, overfitting }
  } catch (error) {
    if (isLabError(error) && error.code === 'bad-overfitting-input')
      return { oracle, noise, overfitting: `${error.message} (${error.received})` }
    throw error
  }
}

/** Predictions of the chosen trials, as the study's folder keeps them. */
async function trialPredictions(
  model: ModelKind,
  fixed: Readonly<Record<string, unknown>>,
  tuned: TunedModel,
  fit: Omit<FitFoldsOptions, 'models'>,
): Promise<StudyReturnsInput['trials']> {
  const runFolder = studyFolder(tuned.study)
  const reuse = FitReuse.open(runFolder)
  try {
    const trials: StudyReturnsInput['trials'][number][] = []
    for (const trial of chosenTrials(tuned)) {
      const models = [{ name: model, spec: { kind: model, params: { ...fixed, ...trial.params } } }]
      const stored = { ...fit, runFolder, reuse, models }
      const planned = await planFits([stored], stored, join(runFolder, 'fits'))
      // Trials of another machine, or whose fits were deleted, are not worth fitting again; the best one is, without it there is nothing to judge.
      if (trial.number !== tuned.result!.trial && !planned.every(({ folder }) => existsSync(folder))) continue
      trials.push({ name: `trial ${trial.number}`, predictions: await fitFolds(stored) })
    }
    return trials
  } finally {
    await reuse.close()
  }
}

/** The best trial, and others evenly over the study: late ones alone would be more alike than trials are. */
function chosenTrials({ trials, result }: TunedModel): StudyTrial[] {
  const complete = trials.filter(({ state }) => state === 'complete')
  const others = complete.filter(({ number }) => number !== result!.trial)
  const count = Math.min(MOST_TRIALS - 1, others.length)
  const even = Array.from({ length: count }, (_, k) => others[Math.floor((k * others.length) / count)]!)
  return [complete.find(({ number }) => number === result!.trial)!, ...even]
}

/** The checks as a section of the report. */
export function checksSection({ oracle, noise, overfitting }: TuningChecks): ReportSection {
  const sentences = [...oracle.sentences, ...noise.sentences, ...(typeof overfitting === 'string' ? [overfitting] : overfitting.sentences)]
  const tables = [checkTable(oracle), checkTable(noise), ...(typeof overfitting === 'string' ? [] : [overfittingTable(overfitting)])]
  return { id: 'luck', title: 'Could it be luck?', paragraphs: [sentences.map((sentence) => `- ${sentence}`).join('\n')], tables }
}

const checkTable = ({ check, models }: HonestyCheck): Table =>
  table(
    models.map(({ model, measure, value, from, to, pass }) => ({
      model,
      measure,
      value,
      'must be above': from,
      'at most': to,
      passed: pass ? 'yes' : 'no',
    })),
    { title: check === 'oracle' ? 'Oracle: a feature that holds the answer' : 'Noise: shuffled labels', digits: 4 },
  )

function overfittingTable(report: OverfittingReport): Table {
  const {
    chosen,
    trials,
    observations,
    sharpePerYear,
    expectedMaximumPerYear,
    probabilisticSharpe,
    deflatedSharpe,
    minimumTrackRecord,
    confidence,
  } = report
  const percent = (share: number | null): string => (share === null ? 'n/a' : `${(100 * share).toFixed(1)} %`)
  return table(
    [
      { what: 'Sharpe ratio a year', value: Number(sharpePerYear).toFixed(2) },
      { what: `expected of the best of ${trials} by luck, a year`, value: Number(expectedMaximumPerYear).toFixed(2) },
      { what: 'probabilistic Sharpe ratio', value: percent(probabilisticSharpe) },
      { what: 'deflated Sharpe ratio', value: percent(deflatedSharpe) },
      {
        what: `minimum track record for ${percent(confidence)}, periods`,
        value: Number.isFinite(minimumTrackRecord) ? minimumTrackRecord.toFixed(0) : 'no length would do',
      },
      { what: 'periods there are', value: String(observations) },
      { what: 'probability of backtest overfitting', value: percent(report.probabilityOfOverfitting) },
    ],
    { title: `${chosen}, long or flat after fees, one of ${trials}` },
  )
}
