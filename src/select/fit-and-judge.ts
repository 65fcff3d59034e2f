import { createRng } from '../core/index.js'
import { createModel, foldsByTime, type Model, type ModelContext, type ModelSpec } from '../models/index.js'
import { selectColumns, type FeatureMatrix } from '../preprocess/index.js'

/** What a selection may look at: training rows, and nothing else. */
export interface SelectionInput {
  readonly X: FeatureMatrix
  readonly y: Float64Array
  /** By row of X: when its label is known, ms; default at the row's own time. */
  readonly labelEndTime?: Float64Array
  readonly train: Int32Array
  /** By row of X. */
  readonly sampleWeight?: Float64Array
  readonly seed: number
  readonly threads: number
  readonly context: ModelContext
  readonly signal?: AbortSignal
}

/** The training rows cut once more by time: earlier ones to fit, later ones to judge by, purged between. */
export interface JudgedRows {
  readonly fit: Int32Array
  readonly judge: Int32Array
}

const JUDGED_SHARE = 0.25

/** @throws LabError `too-few-bars`, `bad-label-end` */
export function judgedRows({ X, train, labelEndTime }: SelectionInput): JudgedRows {
  const [fold] = foldsByTime({ rows: train, time: X.time, labelEndTime: labelEndTime ?? X.time, nSplits: 1, testSize: JUDGED_SHARE })
  return { fit: fold!.train, judge: fold!.test }
}

/** Fits a model on some columns and rows, gives it away for as long as `use` takes, and closes it. */
export async function withFitted<T>(
  input: SelectionInput,
  spec: ModelSpec,
  columns: Int32Array,
  rows: Int32Array,
  use: (model: Model, X: FeatureMatrix) => Promise<T> | T,
): Promise<T> {
  const { y, sampleWeight, seed, threads, context, signal, labelEndTime } = input
  const X = columns.length === input.X.names.length ? input.X : selectColumns(input.X, columns)
  const model = createModel(spec, context)
  try {
    await model.fit({
      ...{ X, y, train: rows, validation: new Int32Array(0), threads },
      seed: createRng(seed, `select/${columns.length}`).int(2 ** 31 - 1),
      ...(labelEndTime !== undefined && { labelEndTime }),
      ...(sampleWeight !== undefined && { sampleWeight: Float64Array.from(rows, (row) => sampleWeight[row]!) }),
      ...(signal !== undefined && { signal }),
    })
    return await use(model, X)
  } finally {
    await model.close()
  }
}
