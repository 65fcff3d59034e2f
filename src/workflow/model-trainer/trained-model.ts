import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DISPLAY, LabError, writeJsonAtomicSync, type Displayable, type MimeBundle } from '../../core/index.js'
import { loadModel, type Model, type ModelContext, type ModelSpec } from '../../models/index.js'
import { selectColumns, type FeatureMatrix } from '../../preprocess/index.js'
import { table } from '../../report/index.js'
import type { TrainerMetrics } from './trainer-metrics.js'

export interface TrainedModelFacts {
  readonly spec: ModelSpec
  /** Columns it reads, of those it was trained with. */
  readonly columns: readonly string[]
  readonly metrics: TrainerMetrics
  /** By column of `columns`; undefined where the kind has no measure of its own. */
  readonly importance: readonly number[] | undefined
}

const FILE = 'trained-model.json'

/** A fitted model with the columns it chose and what it scored. Give it the whole feature matrix: it takes its columns by name. */
export class TrainedModel implements Displayable {
  readonly model: Model
  readonly facts: TrainedModelFacts

  constructor(model: Model, facts: TrainedModelFacts) {
    this.model = model
    this.facts = facts
  }

  get metrics(): TrainerMetrics {
    return this.facts.metrics
  }

  predictProba = (X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> => this.model.predictProba(this.#own(X), rows)

  predict = (X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> => this.model.predict(this.#own(X), rows)

  /** Column and importance, largest first; empty where the kind has none. */
  featureImportance(): { readonly feature: string; readonly importance: number }[] {
    const { columns, importance } = this.facts
    if (importance === undefined) return []
    return columns.map((feature, j) => ({ feature, importance: importance[j]! })).sort((a, b) => b.importance - a.importance)
  }

  /** Writes model and facts into an empty folder; the facts last. */
  async save(folder: string): Promise<void> {
    await this.model.save(join(folder, 'model'))
    writeJsonAtomicSync(join(folder, FILE), this.facts)
  }

  /** @throws LabError `no-model`, and those of `loadModel` */
  static async load(folder: string, context: ModelContext): Promise<TrainedModel> {
    const path = join(folder, FILE)
    if (!existsSync(path))
      throw new LabError('no-model', 'The folder holds no trained model.', {
        received: path,
        expected: 'what TrainedModel.save wrote',
        help: 'give the folder that was given to save()',
      })
    const facts = JSON.parse(readFileSync(path, 'utf8')) as TrainedModelFacts
    return new TrainedModel(await loadModel(join(folder, 'model'), context), facts)
  }

  /** Frees native memory. Safe to call twice. */
  close(): Promise<void> {
    return this.model.close()
  }

  [DISPLAY](): MimeBundle {
    const { holdout, cv, metric } = this.metrics
    const rows = [
      {
        on: `${cv.folds.length} folds, mean`,
        rows: cv.rows,
        [metric]: cv.stability[metric].mean ?? NaN,
        'worst fold': cv.stability[metric].worst ?? NaN,
      },
      { on: 'hold-out, once', rows: holdout.rows, [metric]: holdout.scores[metric] ?? NaN, 'worst fold': NaN },
    ]
    return table(rows, { title: `${this.facts.spec.kind} on ${this.facts.columns.length} columns`, digits: 4 })[DISPLAY]()
  }

  #own(X: FeatureMatrix): FeatureMatrix {
    const { columns } = this.facts
    if (columns.length === X.names.length && columns.every((name, j) => X.names[j] === name)) return X
    const missing = columns.find((name) => !X.names.includes(name))
    if (missing !== undefined)
      throw new LabError('feature-mismatch', 'The model was trained with a feature that is not there.', {
        received: `${X.names.length} features without ${missing}`,
        expected: columns.join(', '),
        help: 'engineer the features with the settings of the training',
      })
    return selectColumns(
      X,
      Int32Array.from(columns, (name) => X.names.indexOf(name)),
    )
  }
}
