import { createRng, DISPLAY, LabError, type Displayable } from '../core/index.js'
import { fitPreprocessor } from './fit-preprocessor.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { meanDistance, nearestDistance } from './distances.js'
import { parsePreprocessSpec, type PreprocessInput } from './preprocess-spec.js'
import { finiteNumbers } from './affine-scaler.js'
import type { Preprocessor, PreprocessorJson } from './preprocessor.js'
import { preprocessorFromJson } from './preprocessor-json.js'

/** From which index on a row is flagged, and how many training rows stand for all. */
export interface OutlierOptions {
  /** A row whose index is at or above this is flagged. Default 1: farther from every known training row than training rows are from each other on average. */
  readonly threshold?: number
  /** Training rows that are kept for comparison; a seeded sample where there are more. Default 2000. */
  readonly maxReferenceRows?: number
  /** Of the sample; default 0. */
  readonly seed?: number
  /** What is done to the features first; default: the standard scaler. Distances mean little without a scaler. */
  readonly preprocess?: PreprocessInput
}

/** What the detector says about rows. Shows itself as one line. */
export interface OutlierFlags extends Displayable {
  /** Dissimilarity index of each asked row, in their order: 0 for a row of the reference sample itself. */
  readonly index: Float64Array
  /** 1 where the index is at or above the threshold. */
  readonly outlier: Uint8Array
  readonly count: number
}

/** Compares rows with those of the training. It only flags: no row is dropped or changed, what to do is the caller's decision. */
export interface OutlierDetector extends Displayable {
  readonly threshold: number
  readonly seed: number
  /** Training rows it was learned from, and how many of them it keeps. */
  readonly trainingRows: number
  readonly referenceRows: number
  /** Mean distance between two rows of the reference sample, each row with itself counted as 0. */
  readonly meanDistance: number
  /** @throws LabError `feature-mismatch`, `bad-row`, `not-finite` */
  transform(X: FeatureMatrix, rows?: Int32Array): OutlierFlags
  toJSON(): OutlierDetectorJson
}

/** A detector as plain data. */
export interface OutlierDetectorJson {
  readonly format: 1
  readonly threshold: number
  readonly seed: number
  readonly trainingRows: number
  readonly preprocessor: PreprocessorJson
  readonly meanDistance: number
  /** Row-major, after preprocessing. */
  readonly reference: readonly number[]
}

/**
 * Dissimilarity index (FreqAI's DI; Meyer & Pebesma 2021, "Predicting into unknown space?"): the Euclidean distance of a row to the nearest training row, divided
 * by the mean distance between training rows, on scaled features. Learned from `rows` alone.
 *
 * Where there are more training rows than `maxReferenceRows`, a seeded sample without replacement stands for them. The nearest of a sample is at least as
 * far as the nearest of all, so a sample can only raise an index, never hide an outlier but for the noise of the mean distance.
 * @throws LabError `bad-outlier-option`, `no-spread` where all training rows are equal, and those of {@link fitPreprocessor}
 */
export function fitOutlierDetector(X: FeatureMatrix, rows: Int32Array, options: OutlierOptions = {}): OutlierDetector {
  const { threshold = 1, maxReferenceRows = 2000, seed = 0, preprocess = {} } = options
  if (!(threshold > 0 && threshold < Infinity)) throw badOption('threshold', threshold, 'a number above 0')
  if (!Number.isInteger(maxReferenceRows) || maxReferenceRows < 2)
    throw badOption('maxReferenceRows', maxReferenceRows, 'a whole number of at least 2')
  const preprocessor = fitPreprocessor(X, rows, parsePreprocessSpec(preprocess))
  const sample = sampleRows(rows, maxReferenceRows, seed)
  const reference = preprocessor.transform(X, sample)
  const mean = meanDistance(reference, preprocessor.names.length)
  if (!(mean > 0))
    throw new LabError('no-spread', 'All training rows are equal: no distance can be called large.', {
      received: `${sample.length} equal rows`,
      expected: 'training rows that differ',
      help: 'check the features and the training rows',
    })
  return makeDetector({ threshold, seed, trainingRows: rows.length, preprocessor, meanDistance: mean, reference })
}

/** The detector that `toJSON` wrote. @throws LabError `bad-outlier-detector`, `bad-preprocessor`, `bad-scaler` */
export function outlierDetectorFromJson(json: OutlierDetectorJson): OutlierDetector {
  const { format, threshold, seed, trainingRows, meanDistance: mean, reference } = (json ?? {}) as Partial<OutlierDetectorJson>
  if (format !== 1 || !finiteNumbers([threshold, seed, trainingRows, mean], 4) || !Array.isArray(reference))
    throw badDetector(`format ${String(format)}`)
  const preprocessor = preprocessorFromJson(json.preprocessor)
  if (!finiteNumbers(reference, reference.length) || reference.length === 0 || reference.length % preprocessor.names.length !== 0)
    throw badDetector(`${reference.length} reference numbers for ${preprocessor.names.length} columns`)
  const { threshold: limit, seed: drawn, trainingRows: learned, meanDistance: distance } = json
  return makeDetector({
    threshold: limit,
    seed: drawn,
    trainingRows: learned,
    preprocessor,
    meanDistance: distance,
    reference: Float64Array.from(reference),
  })
}

interface DetectorParts {
  readonly threshold: number
  readonly seed: number
  readonly trainingRows: number
  readonly preprocessor: Preprocessor
  readonly meanDistance: number
  readonly reference: Float64Array
}

function makeDetector({ preprocessor, reference, ...facts }: DetectorParts): OutlierDetector {
  const width = preprocessor.names.length
  const referenceRows = reference.length / width
  const { threshold, trainingRows, seed, meanDistance: mean } = facts
  const sampled = referenceRows < trainingRows ? ` (a sample of ${trainingRows}, seed ${seed})` : ''
  const text = `outlier detector: ${referenceRows} training rows${sampled}, ${width} columns, flags a dissimilarity index of ${threshold} and more`
  return {
    ...facts,
    referenceRows,
    transform(X, rows) {
      const values = preprocessor.transform(X, rows)
      const index = Float64Array.from({ length: values.length / width }, (_, k) => nearestDistance(values, k, reference, width) / mean)
      const outlier = Uint8Array.from(index, (value) => (value >= threshold ? 1 : 0))
      const count = outlier.reduce((sum, flag) => sum + flag, 0)
      const shown = `${count} of ${index.length} rows flagged as outliers (dissimilarity index of ${threshold} and more); nothing was dropped`
      return { index, outlier, count, [DISPLAY]: () => ({ 'text/plain': shown }) }
    },
    toJSON: () => ({ format: 1, ...facts, preprocessor: preprocessor.toJSON(), reference: [...reference] }),
    [DISPLAY]: () => ({ 'text/plain': text }),
  }
}

/** All rows, or a sample without replacement, in increasing order; the same for any order of `rows`. */
function sampleRows(rows: Int32Array, most: number, seed: number): Int32Array {
  const pool = rows.slice().sort()
  if (pool.length <= most) return pool
  const rng = createRng(seed, 'outliers/reference')
  // The first steps of a Fisher-Yates shuffle.
  for (let i = 0; i < most; i++) {
    const j = i + rng.int(pool.length - i)
    const taken = pool[j]!
    pool[j] = pool[i]!
    pool[i] = taken
  }
  return pool.slice(0, most).sort()
}

const badOption = (name: string, value: number, expected: string): LabError =>
  new LabError('bad-outlier-option', 'An option of the outlier detection has a value that is not allowed.', {
    received: `${name} = ${value}`,
    expected,
    help: `change ${name}, or leave it out for its default`,
    exitCode: 2,
  })

const badDetector = (received: string): LabError =>
  new LabError('bad-outlier-detector', 'This is not a saved outlier detector.', {
    received,
    expected: 'format 1 with whole reference rows',
    help: 'fit the detector again',
  })
