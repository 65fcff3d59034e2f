import { runColumns, type SourceReader } from '../indicators/index.js'
import type { Bars } from '../data/index.js'
import { computeFeature } from './compute-feature.js'
import type { Feature } from './define-feature.js'
import { featureColumns } from './feature-plan.js'

/** Row-major values of features for all bars: value of feature j at bar i is at `i * features.length + j`. Memory: the result, and buffers whose size does not depend on the bars. */
export function featureTable(features: readonly Feature[], bars: Bars, sources: SourceReader): Float64Array {
  const width = features.length
  const rows = bars.time.length
  const values = new Float64Array(rows * width)
  const places = [...features.keys()].filter((k) => features[k]!.column !== undefined)
  const columns = featureColumns(
    places.map((k) => features[k]!),
    bars.timeframeMs,
  )
  const table = features.map((_, k) => places.indexOf(k))
  if (columns.length > 0) runColumns(columns, rows, sources, (stream, at, row, n) => stream.writeRows(values, row, at, n), table)
  for (const [j, feature] of features.entries())
    if (feature.column === undefined) {
      const column = computeFeature(feature, bars)
      for (let i = 0, to = j; i < rows; i++, to += width) values[to] = column[i]!
    }
  return values
}
