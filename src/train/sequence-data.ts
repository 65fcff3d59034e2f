import { LabError } from '../core/index.js'

/**
 * Look-back windows over one matrix, without a copy of each: sample `i` is rows `endRow[i] - lookback + 1` to `endRow[i]` of `features`.
 * A matrix of N rows and F features so costs N x F numbers instead of N x lookback x F.
 */
export interface SequenceData {
  /** Row-major [rows, featureCount], already scaled. */
  readonly features: Float32Array
  readonly featureCount: number
  readonly lookback: number
  /** Last row of each sample. */
  readonly endRow: Int32Array
}

/** Windows with targets, and what each sample counts. */
export interface LabelledSequences extends SequenceData {
  /** 0 or 1 by sample. */
  readonly target: Float32Array
  /** By sample; undefined is 1 for all. Scaled so that their mean is 1 before use. */
  readonly weight?: Float32Array
}

/** @throws LabError `incomplete-window` for the first sample whose window starts before row 0 or holds a value that is not finite */
export function checkWindows({ features, featureCount, lookback, endRow }: SequenceData, names: readonly string[]): void {
  const rows = features.length / featureCount
  // finiteRun[row]: how many rows up to and with this one are complete.
  const finiteRun = new Int32Array(rows)
  for (let row = 0, run = 0; row < rows; row++) {
    let finite = true
    for (let at = row * featureCount; finite && at < (row + 1) * featureCount; at++) finite = Number.isFinite(features[at])
    finiteRun[row] = run = finite ? run + 1 : 0
  }
  for (const row of endRow) {
    if ((finiteRun[row] ?? 0) >= lookback) continue
    throw new LabError('incomplete-window', 'A row does not have a complete look-back window.', {
      received: describeGap(features, featureCount, names, row, lookback, rows),
      expected: `finite values of all features in the row and the ${lookback - 1} rows before it`,
      help: 'use the rows that completeRows(X, { historyRows: lookbackBars }) marks, or a smaller lookbackBars',
    })
  }
}

function describeGap(features: Float32Array, width: number, names: readonly string[], row: number, lookback: number, rows: number): string {
  if (row < 0 || row >= rows) return `row ${row} of ${rows}`
  const start = row - lookback + 1
  if (start < 0) return `row ${row}: the window would start ${-start} rows before the first`
  const at = features.subarray(start * width, (row + 1) * width).findIndex((value) => !Number.isFinite(value))
  return `row ${row}: ${names[at % width] ?? `feature ${at % width}`} is missing in row ${start + Math.floor(at / width)}`
}

/** Copies the windows of `samples` into one block [samples, lookback, featureCount]. */
export function gatherWindows({ features, featureCount, lookback, endRow }: SequenceData, samples: Int32Array): Float32Array {
  const size = lookback * featureCount
  const out = new Float32Array(samples.length * size)
  for (let i = 0; i < samples.length; i++) {
    const end = (endRow[samples[i]!]! + 1) * featureCount
    out.set(features.subarray(end - size, end), i * size)
  }
  return out
}

/** The same without samples: no validation. */
export const withoutSamples = (data: LabelledSequences): LabelledSequences => ({
  ...data,
  endRow: new Int32Array(0),
  target: new Float32Array(0),
})

/** Sample numbers 0 to count - 1. */
export const allSamples = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i)
