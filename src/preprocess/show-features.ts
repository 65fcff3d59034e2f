import { showTextTable, withDisplay, type MimeBundle } from '../core/index.js'
import type { FeatureMatrix } from './feature-matrix.js'

/** Columns that are shown; the others are counted. */
const SHOWN = 40

/** A matrix that shows itself where a notebook's cell ends with it: its size, and of each column where it begins, its range and its last value. */
export const showableFeatures = <T extends FeatureMatrix>(X: T): T => withDisplay(X, () => bundle(X))

function bundle(X: FeatureMatrix): MimeBundle {
  const { names, time, rows } = X
  const minute = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString().slice(0, 16).replace('T', ' '))
  const span = rows === 0 ? '' : `, ${minute(time[0])} to ${minute(time[rows - 1])} UTC`
  const lines = names.slice(0, SHOWN).map((name, j) => {
    const { first, missing, lowest, mean, highest, last } = columnFacts(X, j)
    return [name, first < 0 ? 'never' : minute(time[first]), String(missing), ...[lowest, mean, highest, last].map(short)]
  })
  return showTextTable({
    title: `${rows} rows x ${names.length} features${span}`,
    headings: ['feature', 'first value (UTC)', 'missing', 'lowest', 'mean', 'highest', 'last'],
    rows: lines,
    notes: names.length > SHOWN ? [`${names.length - SHOWN} more features`] : [],
  })
}

const short = (value: number): string => (Number.isNaN(value) ? '' : String(Number(value.toPrecision(4))))

/** NaN is missing; where all is missing `first` is -1 and the numbers are NaN. */
function columnFacts({ names, rows, values }: FeatureMatrix, j: number) {
  let [first, missing, sum, lowest, highest] = [-1, 0, 0, NaN, NaN]
  for (let i = 0; i < rows; i++) {
    const value = values[i * names.length + j]!
    if (Number.isNaN(value)) missing++
    else {
      if (first < 0) first = i
      sum += value
      if (!(value >= lowest)) lowest = value
      if (!(value <= highest)) highest = value
    }
  }
  return { first, missing, lowest, highest, mean: sum / (rows - missing), last: rows === 0 ? NaN : values[(rows - 1) * names.length + j]! }
}
