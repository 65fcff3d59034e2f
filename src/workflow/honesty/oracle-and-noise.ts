import { join } from 'node:path'
import { createRng, DISPLAY, showTextTable, type Displayable } from '../../core/index.js'
import { delongInterval, informationCoefficient, rSquared } from '../../metrics/index.js'
import { createModel, resolveModelSpec, type Task } from '../../models/index.js'
import { fitFolds } from '../fits/fit-folds.js'
import type { FitOptions, FitProblem } from '../fits/fit-options.js'
import { cappedProblem, withColumn, type CheckedProblem } from './capped-problem.js'

export type HonestyCheckOptions = FitOptions & CheckedProblem

/** What one model did in a check. */
export interface CheckedModel {
  readonly model: string
  readonly pass: boolean
  /** Oracle: AUC, of a regression R2. Noise: AUC, of a regression the rank correlation. On test rows; NaN where it is not defined, which does not pass. */
  readonly value: number
  readonly measure: 'AUC' | 'R2' | 'rank IC'
  /** What it had to be within. */
  readonly from: number
  readonly to: number
}

/** Whether every model passed, and the figures. */
export interface HonestyCheck extends Displayable {
  readonly check: 'oracle' | 'noise'
  readonly pass: boolean
  readonly models: readonly CheckedModel[]
  readonly rows: { readonly train: number; readonly test: number }
  /** Conclusion first. */
  readonly sentences: readonly string[]
}

const LEAST_ORACLE_AUC = 0.99
const LEAST_ORACLE_R2 = 0.9
const NOISE_STANDARD_ERRORS = 3

/**
 * Oracle: the same training, with one more feature that holds the answer. A model that does not find it (AUC above 0.99 on test rows) would not find anything: targets and
 * rows are mixed up on the way, or its settings keep it from learning.
 * @throws LabError those of `fitFolds`, `bad-check`
 */
export async function checkOracle(options: HonestyCheckOptions): Promise<HonestyCheck> {
  const problem = cappedProblem(options)
  const { X, y } = problem
  const taken = new Set(X.names)
  let name = 'oracle'
  while (taken.has(name)) name += '_'
  // A row without a label may stand in the window of one that has one.
  const known = Float64Array.from(y).filter((value) => !Number.isNaN(value))
  const middle = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  const answer = y.map((value) => (Number.isNaN(value) ? middle : value))
  return judge('oracle', options, { ...problem, X: withColumn(X, name, answer) }, (task, model, y, predicted) => {
    const isRegression = task === 'regression'
    const value = isRegression ? rSquared(y, predicted) : delongInterval(y, predicted).auc
    const from = isRegression ? LEAST_ORACLE_R2 : LEAST_ORACLE_AUC
    return { ...{ model, value, from, to: 1, measure: isRegression ? 'R2' : 'AUC' }, pass: value > from }
  })
}

/**
 * Noise: the same training with shuffled labels, where there is nothing to find. A model that finds something (AUC further than 3 standard errors from 0.5 on test rows)
 * has been told the answers: rows of the test part stand in its training, or something was fitted on both.
 * @throws LabError those of `fitFolds`, `bad-check`
 */
export async function checkNoise(options: HonestyCheckOptions): Promise<HonestyCheck> {
  const problem = cappedProblem(options)
  const labelled = Array.from(problem.y.keys()).filter((row) => !Number.isNaN(problem.y[row]))
  const shuffled = createRng(options.seed, 'noise-check').shuffle([...labelled])
  const y = problem.y.slice()
  for (const [k, row] of labelled.entries()) y[row] = problem.y[shuffled[k]!]!
  return judge('noise', options, { ...problem, y }, (task, model, y, predicted) => {
    if (task === 'regression') {
      const { ic, standardError } = informationCoefficient(predicted, y)
      const reach = NOISE_STANDARD_ERRORS * standardError
      // A constant has found nothing.
      const isConstant = predicted.every((value) => value === predicted[0])
      return {
        ...{ model, value: isConstant ? 0 : ic, from: isConstant ? 0 : -reach, to: isConstant ? 0 : reach, measure: 'rank IC' },
        pass: isConstant || Math.abs(ic) <= reach,
      }
    }
    const { auc, standardError } = delongInterval(y, predicted)
    const reach = NOISE_STANDARD_ERRORS * standardError
    return { ...{ model, value: auc, from: 0.5 - reach, to: 0.5 + reach, measure: 'AUC' }, pass: Math.abs(auc - 0.5) <= reach }
  })
}

type Judge = (task: Task, model: string, y: Float64Array, predicted: Float64Array) => CheckedModel

async function judge(
  check: HonestyCheck['check'],
  { X: _X, y: _y, sampleWeight: _w, labelEndTime: _l, fold: _f, maxRows: _m, ...options }: HonestyCheckOptions,
  problem: FitProblem,
  of: Judge,
): Promise<HonestyCheck> {
  // Apart from the fits of the run: those of one model and fold must be one.
  const fits = await fitFolds({ ...options, ...problem, runFolder: join(options.runFolder, 'checks', check) })
  const { device, requireDevice } = options
  const models = fits.map(({ model, rows, proba }, m) => {
    const { task } = createModel(resolveModelSpec(options.models[m]!.spec), { device, requireDevice })
    const y = Float64Array.from(rows, (row) => problem.y[row]!)
    return of(task, model, y, proba)
  })
  const { train, test } = problem.folds[0]!
  const found = { check, models, pass: models.every(({ pass }) => pass), rows: { train: train.length, test: test.length } }
  const sentences = inWords(found)
  return { ...found, sentences, [DISPLAY]: () => show(found, sentences) }
}

type Found = Omit<HonestyCheck, 'sentences' | typeof DISPLAY>

function inWords({ check, models, rows }: Found): string[] {
  const failed = models.filter(({ pass }) => !pass).map(({ model }) => model)
  const tried = `${rows.train} training and ${rows.test} test rows`
  if (check === 'oracle')
    return failed.length === 0
      ? [`Oracle check passed: every model finds a feature that holds the answer (${tried}).`]
      : [
          `Oracle check failed: ${failed.join(', ')} did not learn a feature that holds the answer (${tried}).`,
          'Whatever these models say about real features, they may not have been able to learn: look at their settings, and at how rows meet their labels.',
        ]
  return failed.length === 0
    ? [`Noise check passed: no model finds anything in shuffled labels (${tried}).`]
    : [
        `Noise check failed: ${failed.join(', ')} found something in shuffled labels (${tried}).`,
        'By chance a model that is right fails this once in about 370 times: check again with another seed. Failing again, it has been told the answers.',
      ]
}

function show({ check, models }: Found, sentences: readonly string[]) {
  return showTextTable({
    headings: ['model', 'measured', 'value', check === 'oracle' ? 'must be above' : 'must be within', ''],
    rows: models.map(({ model, measure, value, from, to, pass }) => [
      model,
      measure,
      Number.isNaN(value) ? 'n/a' : value.toFixed(4),
      check === 'oracle' ? String(from) : `${from.toFixed(4)} to ${to.toFixed(4)}`,
      pass ? 'passed' : 'FAILED',
    ]),
    notes: sentences,
  })
}
