import { fitPreprocessor, type FeatureMatrix, type Preprocessor, type PreprocessSpec } from '../../preprocess/index.js'
import type { FitInput, FitReport, Model, ModelKind, ShapValues, Task } from '../model.js'
import { callsOf, checkNames, checkRows, notAClassifier, notFitted } from '../rows.js'
import { writeSavedModel, type SavedModel } from '../saved-model.js'
import { treeRows, type TreeRows } from './tree-rows.js'

/** What a library has grown; values are row-major and preprocessed. */
export interface TreeEnsemble {
  /** Probability of y = 1, or y of a regression, of each row. */
  predictSync(values: Float64Array): Float64Array
  /** SHAP values of each row, one a preprocessed column, then the base; left out by what has none. */
  readonly contributionsSync?: (values: Float64Array) => ArrayLike<number>
  /** By preprocessed column. */
  gainSync(): Float64Array
  /** Writes its own files into the folder. */
  saveSync(folder: string): void
  /** Safe to call twice. */
  close(): void
}

export interface Growth<E extends TreeEnsemble> {
  readonly ensemble: E
  readonly report: FitReport
}

/** What makes one kind of tree ensemble different from another. */
export interface TreeKind<E extends TreeEnsemble> {
  readonly kind: ModelKind
  readonly params: { readonly task: Task; readonly preprocess: PreprocessSpec }
  /** @param before what to go on from. @throws LabError `interrupted`, `cannot-continue`, and what the library says */
  readonly grow: (rows: TreeRows, input: FitInput, before: E | undefined) => Promise<Growth<E>>
  /** False of what cannot say so. */
  readonly explains: boolean
}

export interface FittedTrees<E extends TreeEnsemble> {
  readonly ensemble: E
  readonly preprocessor: Preprocessor
}

export interface SavedTrees extends SavedModel {
  readonly params: Readonly<Record<string, unknown>>
}

/** A model of trees, whatever library grows them: preprocessing, checks of targets and features, SHAP values by input, saving. */
export class TreeModel<E extends TreeEnsemble> implements Model {
  readonly kind: ModelKind
  readonly task: Task
  readonly shapValues?: (X: FeatureMatrix, rows: Int32Array) => Promise<ShapValues>
  readonly #kind: TreeKind<E>
  #fitted: FittedTrees<E> | undefined

  constructor(kind: TreeKind<E>, fitted?: FittedTrees<E>) {
    this.kind = kind.kind
    this.task = kind.params.task
    this.#kind = kind
    this.#fitted = fitted
    if (kind.explains) this.shapValues = (X, rows) => this.#explain(X, rows)
  }

  async fit(input: FitInput): Promise<FitReport> {
    const { X, train, continues = false } = input
    const { preprocess } = this.#kind.params
    const before = continues ? this.#live() : undefined
    if (before !== undefined) checkNames(X, before.preprocessor.inputs)
    if (preprocess.missing.policy === 'reject') checkRows(X, train)
    const rows = treeRows(input, this.task, () => before?.preprocessor ?? fitPreprocessor(X, train, preprocess))
    const { ensemble, report } = await this.#kind.grow(rows, input, before?.ensemble)
    this.#fitted?.ensemble.close()
    this.#fitted = { ensemble, preprocessor: rows.preprocessor }
    return report
  }

  predict = async (X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> => {
    const values = await this.#predict(X, rows)
    return this.task === 'classification' ? callsOf(values) : values
  }

  async predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    if (this.task !== 'classification') throw notAClassifier(this.kind)
    return this.#predict(X, rows)
  }

  featureImportance(): Float64Array | undefined {
    if (this.#fitted === undefined) return undefined
    const { ensemble, preprocessor } = this.#fitted
    return preprocessor.toInputs(ensemble.gainSync())
  }

  save(folder: string): Promise<void> {
    return new Promise((resolve) => {
      const { ensemble, preprocessor } = this.#live()
      ensemble.saveSync(folder)
      const values = { names: preprocessor.inputs, preprocessor: preprocessor.toJSON(), params: this.#kind.params }
      writeSavedModel<SavedTrees>(folder, { kind: this.kind, ...values })
      resolve()
    })
  }

  close(): Promise<void> {
    this.#fitted?.ensemble.close()
    this.#fitted = undefined
    return Promise.resolve()
  }

  #predict(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    return new Promise((resolve) => {
      const { ensemble, preprocessor } = this.#live()
      checkNames(X, preprocessor.inputs)
      resolve(ensemble.predictSync(preprocessor.transform(X, rows)))
    })
  }

  #explain(X: FeatureMatrix, rows: Int32Array): Promise<ShapValues> {
    return new Promise((resolve) => {
      const { ensemble, preprocessor } = this.#live()
      checkNames(X, preprocessor.inputs)
      const [width, inputs] = [preprocessor.names.length, X.names.length]
      // The base is the same for every row, whatever is in it.
      const asked = rows.length === 0 ? new Float64Array(width) : preprocessor.transform(X, rows)
      const parts = Float64Array.from(ensemble.contributionsSync!(asked))
      const values = new Float64Array(rows.length * inputs)
      for (let i = 0; i < rows.length; i++)
        values.set(preprocessor.toInputs(parts.subarray(i * (width + 1), i * (width + 1) + width)), i * inputs)
      resolve({ base: parts[width]!, values })
    })
  }

  #live(): FittedTrees<E> {
    if (this.#fitted === undefined) throw notFitted()
    return this.#fitted
  }
}
