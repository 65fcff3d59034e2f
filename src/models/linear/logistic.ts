import { z } from 'zod'
import { sigmoid } from '../../metrics/index.js'
import { fitPreprocessor, preprocessorFromJson, type FeatureMatrix, type Preprocessor } from '../../preprocess/index.js'
import { Sidecar, SidecarArray } from '../../sidecar/index.js'
import type { FitInput, FitReport, Model, ShapValues } from '../model.js'
import { parseModelParams, preprocessParam } from '../params.js'
import { callsOf, cannotContinue, checkNames, checkRows, notFitted, trainingTargets } from '../rows.js'
import { readSavedModel, writeSavedModel, type SavedModel } from '../saved-model.js'

/** Parameters of scikit-learn's LogisticRegression with the l2 penalty. */
export const logisticParamsSchema = z.strictObject({
  /** Inverse strength of the penalty: smaller shrinks the coefficients more. */
  C: z.number().positive('a positive number').default(1),
  solver: z.enum(['lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga']).default('lbfgs'),
  maxIter: z.number().int('a whole number').positive('a positive number').default(1000),
  /** The solver stops when the gradient is this small. */
  tolerance: z.number().positive('a positive number').default(1e-4),
  preprocess: preprocessParam('standard'),
})
/** Parameters of `logistic` with their defaults filled in. */
export type LogisticParams = z.output<typeof logisticParamsSchema>

/** Opens, or shares, the Python child with this many threads; whoever gives it closes it. */
export type SidecarSource = (threads: number) => Promise<Sidecar>

interface Fitted {
  readonly preprocessor: Preprocessor
  readonly coefficients: Float64Array
  readonly intercept: number
  /** Mean of each preprocessed input over the training rows: what SHAP values start from. */
  readonly center: Float64Array
}

interface SavedLogistic extends SavedModel {
  readonly kind: 'logistic'
  readonly params: LogisticParams
  readonly coefficients: readonly number[]
  readonly intercept: number
  readonly center: readonly number[]
}

interface FitAnswer {
  readonly coefficients: Float64Array
  readonly intercept: number
  readonly iterations: number
  readonly converged: boolean
  readonly warnings: readonly string[]
  readonly version: string
}

/** Fitted by scikit-learn on preprocessed (by default standardised) inputs, predicts without Python: sigmoid(coefficients . x + intercept). */
class LogisticModel implements Model {
  readonly kind = 'logistic'
  readonly task = 'classification'
  readonly #params: LogisticParams
  readonly #shared: SidecarSource | undefined
  #fitted: Fitted | undefined

  constructor(params: LogisticParams, shared?: SidecarSource, fitted?: Fitted) {
    this.#params = params
    this.#shared = shared
    this.#fitted = fitted
  }

  async fit({ X, y, train, sampleWeight, seed, threads, continues = false, signal, onProgress }: FitInput): Promise<FitReport> {
    if (continues) throw cannotContinue('logistic', 'its solvers look at all rows at once')
    const targets = trainingTargets(y, train)
    const { C, solver, maxIter, tolerance, preprocess } = this.#params
    if (preprocess.missing.policy === 'reject') checkRows(X, train)
    const preprocessor = fitPreprocessor(X, train, preprocess)
    const sidecar = await (this.#shared === undefined ? Sidecar.open({ threads }) : this.#shared(threads))
    try {
      const inputs = preprocessor.transform(X, train)
      const params = {
        x: new SidecarArray(inputs, [train.length, preprocessor.names.length]),
        y: new SidecarArray(targets),
        weight: sampleWeight === undefined ? null : new SidecarArray(sampleWeight),
        c: C,
        solver,
        max_iter: maxIter,
        tolerance,
        seed,
      }
      const answer = (await sidecar.call('logistic.fit', params, signal === undefined ? {} : { signal })) as FitAnswer
      const center = columnMeans(inputs, preprocessor.names.length)
      this.#fitted = { preprocessor, coefficients: answer.coefficients, intercept: answer.intercept, center }
      const warnings = [...(answer.converged ? [] : [notConverged(solver, maxIter)]), ...answer.warnings]
      const progress = { step: answer.iterations, totalSteps: maxIter, trainLoss: logLoss(this.#predict(X, train), targets) }
      onProgress?.(progress)
      return {
        steps: answer.iterations,
        bestStep: answer.iterations,
        history: [progress],
        backend: `scikit-learn ${answer.version}`,
        ...(warnings.length > 0 && { warnings }),
      }
    } finally {
      if (this.#shared === undefined) await sidecar.close()
    }
  }

  predict = async (X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> => callsOf(await this.predictProba(X, rows))

  predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    return new Promise((resolve) => {
      checkNames(X, this.#live().preprocessor.inputs)
      resolve(this.#predict(X, rows))
    })
  }

  /** |coefficient| of the preprocessed feature; 0 for a dropped one. */
  featureImportance(): Float64Array | undefined {
    return this.#fitted?.preprocessor.toInputs(this.#fitted.coefficients.map(Math.abs))
  }

  /** Of a linear model with features taken as independent: coefficient times the distance to the mean of the training rows (Lundberg and Lee 2017, 4.2). */
  shapValues = (X: FeatureMatrix, rows: Int32Array): Promise<ShapValues> =>
    new Promise((resolve) => {
      const { preprocessor, coefficients, intercept, center } = this.#live()
      checkNames(X, preprocessor.inputs)
      const inputs = preprocessor.transform(X, rows)
      const width = coefficients.length
      const values = new Float64Array(rows.length * X.names.length)
      for (let i = 0; i < rows.length; i++) {
        const parts = coefficients.map((coefficient, j) => coefficient * (inputs[i * width + j]! - center[j]!))
        values.set(preprocessor.toInputs(parts), i * X.names.length)
      }
      resolve({ base: coefficients.reduce((sum, coefficient, j) => sum + coefficient * center[j]!, intercept), values })
    })

  save(folder: string): Promise<void> {
    return new Promise((resolve) => {
      const { preprocessor, coefficients, intercept, center } = this.#live()
      const values = { coefficients: [...coefficients], intercept, center: [...center], preprocessor: preprocessor.toJSON() }
      writeSavedModel<SavedLogistic>(folder, { kind: 'logistic', names: preprocessor.inputs, params: this.#params, ...values })
      resolve()
    })
  }

  close(): Promise<void> {
    this.#fitted = undefined
    return Promise.resolve()
  }

  #live(): Fitted {
    if (this.#fitted === undefined) throw notFitted()
    return this.#fitted
  }

  #predict(X: FeatureMatrix, rows: Int32Array): Float64Array {
    const { preprocessor, coefficients, intercept } = this.#live()
    const inputs = preprocessor.transform(X, rows)
    const width = coefficients.length
    return Float64Array.from(rows, (_, i) => {
      let sum = intercept
      for (let j = 0; j < width; j++) sum += coefficients[j]! * inputs[i * width + j]!
      return sigmoid(sum)
    })
  }
}

function columnMeans(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < values.length; i++) sums[i % width]! += values[i]!
  return sums.map((sum) => (sum * width) / values.length)
}

function logLoss(proba: Float64Array, targets: Float64Array): number {
  const tiny = Number.EPSILON
  const loss = proba.reduce((sum, p, i) => sum - Math.log(Math.max(tiny, targets[i] === 1 ? p : 1 - p)), 0)
  return loss / proba.length
}

const notConverged = (solver: string, maxIter: number): string =>
  `The solver ${solver} had not converged after ${maxIter} iterations: raise maxIter, or choose a smaller C.`

/**
 * Logistic regression that is not fitted yet; nothing is started before `fit`.
 * @param shared where to get the Python child from; without it each fit opens its own. @throws LabError `unknown-parameter`, `bad-parameter`
 */
export function createLogisticModel(params: Readonly<Record<string, unknown>>, shared?: SidecarSource): Model {
  return new LogisticModel(parseModelParams('logistic', logisticParamsSchema, params), shared)
}

/** The model that `save` wrote into the folder; it predicts without Python. @throws LabError `no-model`, `bad-preprocessor`, `bad-scaler` */
export function loadLogisticModel(folder: string, shared?: SidecarSource): Model {
  const { params, preprocessor, coefficients, intercept, center } = readSavedModel<SavedLogistic>(folder)
  return new LogisticModel(params, shared, {
    preprocessor: preprocessorFromJson(preprocessor),
    coefficients: Float64Array.from(coefficients),
    intercept,
    center: Float64Array.from(center),
  })
}
