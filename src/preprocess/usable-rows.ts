import { completeRows } from './complete-rows.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { filledValue, type MissingPolicy } from './missing-values.js'

/**
 * Marks (1) the rows that a model with this policy can use, from the features alone.
 * - `reject`: complete rows, as {@link completeRows} marks them.
 * - `forward-fill`: rows that are complete after filling.
 * - `median`: from the first row on at which every column has had a value: a warm-up is not made up, holes after it are filled.
 * @param historyRows a row counts only if it and the `historyRows - 1` before it do: the length of the sequences a model reads. Default 1.
 */
export function usableRows(X: FeatureMatrix, policy: MissingPolicy, { historyRows = 1 }: { historyRows?: number } = {}): Uint8Array {
  if (policy.policy === 'reject') return completeRows(X, { historyRows })
  const width = X.names.length
  const mask = new Uint8Array(X.rows)
  const seen = new Uint8Array(width)
  let missing = width
  for (let row = 0, run = 0; row < X.rows; row++) {
    let whole = true
    for (let j = 0; j < width; j++) {
      if (policy.policy === 'forward-fill') whole &&= Number.isFinite(filledValue(X, row, j, { policy, medians: [], indicators: [] }))
      else if (seen[j] === 0 && Number.isFinite(X.values[row * width + j])) missing -= seen[j] = 1
    }
    run = whole && (policy.policy === 'forward-fill' || missing === 0) ? run + 1 : 0
    if (run >= historyRows) mask[row] = 1
  }
  return mask
}
