/** What one model said about the test rows of one fold. */
export interface Prediction {
  readonly model: string
  readonly fold: number
  /** Rows of the bars, increasing. */
  readonly rows: Int32Array
  /** Probability of 1, in their order. */
  readonly proba: Float64Array
}

/** Rows and probabilities of several folds joined in time order. */
export interface PooledPrediction {
  readonly model: string
  readonly rows: Int32Array
  readonly proba: Float64Array
}

/** Joins the folds of one model, ordered by fold: test blocks follow one another in time. */
export function poolPredictions(model: string, predictions: readonly Prediction[]): PooledPrediction {
  const own = predictions.filter((prediction) => prediction.model === model).sort((a, b) => a.fold - b.fold)
  return {
    model,
    rows: Int32Array.from(own.flatMap(({ rows }) => Array.from(rows))),
    proba: Float64Array.from(own.flatMap(({ proba }) => Array.from(proba))),
  }
}
