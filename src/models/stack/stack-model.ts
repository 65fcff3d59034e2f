import { LabError } from '../../core/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import { calibratorFromJson, fitCalibrator, type Calibrator } from '../calibrate/calibrator.js'
import type { FitInput, FitReport, Model, Task } from '../model.js'
import { callsOf, cannotContinue, checkNames, notAClassifier, notFitted, regressionTargets, trainingTargets } from '../rows.js'
import { fitCombiner, learned, mixed, toShares, type BasePredictions, type Combiner } from './combiner.js'
import { basePrediction, innerFits } from './inner-fits.js'
import { fittedOn, innerFolds, outOfFold, predictionsAt } from './out-of-fold.js'
import { readStack, writeStack, type StackParts } from './saved-stack.js'
import type { StackKit } from './stack-kit.js'
import { baseNames, type StackParams } from './stack-params.js'
import { summarise, type StackSummary } from './stack-summary.js'

interface Fitted {
  readonly bases: readonly Model[]
  readonly combiner: Combiner
  readonly calibrator: Calibrator | undefined
  readonly names: readonly string[]
  readonly summary: StackSummary
}

/**
 * One model of several: bases fitted on all training rows, combined by what their out-of-fold predictions on the training rows taught. Those are walk-forward inside of the
 * training rows (see {@link innerFolds}), so nothing is learned from a prediction that knew its row's label. Neither are later rows than the training rows looked at; the
 * validation rows only stop the bases' last fits early.
 */
export class StackModel implements Model {
  readonly kind = 'stack'
  readonly task: Task
  readonly #params: StackParams
  readonly #kit: StackKit
  #fitted: Fitted | undefined

  constructor(params: StackParams, kit: StackKit, fitted?: Fitted) {
    this.#params = params
    this.#kit = kit
    this.#fitted = fitted
    this.task = params.task
  }

  async fit(input: FitInput): Promise<FitReport> {
    if (input.continues === true)
      throw cannotContinue('stack', 'what its bases learned is combined by predictions of rows they have not seen')
    const params = this.#params
    const { X, y, train, validation, sampleWeight } = input
    const names = baseNames(params.bases)
    const targets = params.task === 'regression' ? regressionTargets(y, train, { training: true }) : trainingTargets(y, train)
    const places = new Map(Array.from(train, (row, k) => [row, k] as const))
    const folds = params.combine === 'vote' && params.calibrate === null ? [] : innerFolds(input, params)
    const total = (folds.length + 1) * names.length
    const fits = innerFits(input, this.#kit, total)
    const open: { close(): Promise<void> }[] = []
    try {
      const predicted = await outOfFold(input, params, names, folds, fits)
      const at = fittedOn(predicted, folds, input, params)
      const of = (positions: Int32Array, values: Float64Array): Float64Array =>
        Float64Array.from(positions, (i) => values[places.get(predicted.rows[i]!)!]!)
      const combiner = await fitCombiner({
        ...{ params, names, kit: this.#kit, fit: input, predictions: predictionsAt(predicted, at.combiner) },
        target: of(at.combiner, targets),
        weight: sampleWeight && of(at.combiner, sampleWeight),
      })
      open.push(combiner)
      const calibrator = await this.#calibrate(
        combiner,
        predictionsAt(predicted, at.calibrator),
        of(at.calibrator, targets),
        sampleWeight && of(at.calibrator, sampleWeight),
      )
      const combined = await combiner.combine(predicted)
      const bases: Model[] = []
      for (const [j, name] of names.entries()) {
        const { model } = await fits.run({ part: 'final', label: 'all training rows', name, spec: params.bases[j]!, train, validation })
        bases.push(model)
        open.push(model)
      }
      const everything = of(
        Int32Array.from(predicted.rows, (_, i) => i),
        targets,
      )
      const summary = summarise({ params, names, predicted, combined, target: everything, at, shares: combiner.shares(), folds })
      await this.close()
      this.#fitted = { bases, combiner, calibrator, names: X.names, summary }
      return {
        ...{ steps: total, bestStep: total, backend: [...fits.backends].join(' + ') },
        history: [{ step: total, totalSteps: total, ...(summary.loss !== null && { trainLoss: summary.loss }) }],
        ...(fits.warnings.size > 0 && { warnings: [...fits.warnings] }),
      }
    } catch (error) {
      for (const part of open) await part.close()
      throw error
    }
  }

  async #calibrate(
    combiner: Combiner,
    predictions: BasePredictions,
    y: Float64Array,
    weight: Float64Array | undefined,
  ): Promise<Calibrator | undefined> {
    const kind = this.#params.calibrate
    if (kind === null) return undefined
    return fitCalibrator({ kind, proba: await combiner.combine(predictions), y, ...(weight !== undefined && { weight }) })
  }

  async predict(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    return this.task === 'regression' ? this.#combined(X, rows) : callsOf(await this.predictProba(X, rows))
  }

  async predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    if (this.task === 'regression') throw notAClassifier('stack')
    const { calibrator } = this.#live()
    const combined = await this.#combined(X, rows)
    return calibrator?.apply(combined) ?? combined
  }

  /** Shares of the bases' importances, weighted by what each base counts in the combination; undefined where a base, or the meta-model, has none. */
  featureImportance(): Float64Array | undefined {
    if (this.#fitted === undefined) return undefined
    const { bases, combiner, names } = this.#fitted
    const weights = combiner.shares()
    const shares = bases.map((base) => toShares(base.featureImportance()))
    if (weights === undefined || shares.some((share) => share === undefined)) return undefined
    return Float64Array.from(names, (_, f) => shares.reduce((sum, share, j) => sum + weights[j]! * share![f]!, 0))
  }

  /** What the out-of-fold predictions said, and how the bases count. @throws LabError `not-fitted` */
  summary = (): StackSummary => this.#live().summary

  async save(folder: string): Promise<void> {
    const { bases, combiner, calibrator, names, summary } = this.#live()
    const weights = this.#params.combine === 'meta' ? null : [...combiner.shares()!]
    await writeStack(folder, { params: this.#params, bases, combiner, weights, calibrator: calibrator?.toJSON() ?? null, names, summary })
  }

  async close(): Promise<void> {
    const fitted = this.#fitted
    this.#fitted = undefined
    for (const base of fitted?.bases ?? []) await base.close()
    await fitted?.combiner.close()
  }

  #live(): Fitted {
    if (this.#fitted === undefined) throw notFitted()
    return this.#fitted
  }

  async #combined(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    const { bases, combiner, names } = this.#live()
    checkNames(X, names)
    const values = new Float64Array(rows.length * bases.length)
    for (const [j, base] of bases.entries())
      for (const [i, value] of (await basePrediction(base, this.task, X, rows)).entries()) values[i * bases.length + j] = value
    return combiner.combine({ values, models: bases.length, time: Float64Array.from(rows, (row) => X.time[row]!) })
  }
}

/** @param params as {@link parseStackParams} gives them @throws LabError `bad-parameter` where a base, or the meta-model, is of another task */
export function createStackModel(params: StackParams, kit: StackKit): StackModel {
  for (const spec of [...params.bases, ...(params.meta === null ? [] : [params.meta])]) {
    const { task } = kit.create(spec)
    if (task !== params.task)
      throw new LabError('bad-parameter', 'A part of the stack is of another task.', {
        received: `${spec.kind} with task ${task}`,
        expected: `task ${params.task}`,
        help: `give each base the parameter task: '${params.task}' where its kind has one`,
        exitCode: 2,
      })
  }
  return new StackModel(params, kit)
}

/** Predicts to the bit what the saved stack did. @throws LabError `no-model`, `bad-calibrator`, and those of its bases */
export async function loadStackModel(folder: string, kit: StackKit): Promise<StackModel> {
  const { params, bases, meta, weights, calibrator, names, summary }: StackParts = await readStack(folder, kit)
  const combiner = meta === undefined ? mixed(Float64Array.from(weights!)) : learned(meta, baseNames(params.bases))
  return new StackModel(params, kit, {
    bases,
    combiner,
    calibrator: calibrator === null ? undefined : calibratorFromJson(calibrator),
    names,
    summary,
  })
}
