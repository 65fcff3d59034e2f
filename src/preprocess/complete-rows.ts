import type { FeatureMatrix } from './feature-matrix.js'

/**
 * Marks (1) the rows whose features are all finite.
 * @param historyRows a row counts only if it and the `historyRows - 1` before it are complete: the length of the sequences a model reads. Default 1.
 */
export function completeRows(X: FeatureMatrix, { historyRows = 1 }: { historyRows?: number } = {}): Uint8Array {
  const width = X.names.length
  const mask = new Uint8Array(X.rows)
  let run = 0
  for (let i = 0; i < X.rows; i++) {
    let whole = true
    for (let at = i * width; whole && at < (i + 1) * width; at++) whole = Number.isFinite(X.values[at])
    run = whole ? run + 1 : 0
    if (run >= historyRows) mask[i] = 1
  }
  return mask
}
