import { errorToJson, isLabError, LabError } from '../core/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import type { BarTransform } from './bar-transform.js'
import { isoTime } from './leak.js'
import type { Market } from './market.js'

/**
 * The features of a market, one row a bar.
 * @throws LabError `bad-transform` where there is not one row a bar, `leak-check-stopped` where the transform throws
 */
export function runTransform(transform: BarTransform, { bars, others }: Market): FeatureMatrix {
  let X: FeatureMatrix
  try {
    X = others.length === 0 ? transform.transform(bars) : transform.transform(bars, others)
  } catch (error) {
    const { code, message, received } = errorToJson(error)
    throw new LabError('leak-check-stopped', 'The features could not be computed from a part of the bars or from altered ones.', {
      received: `${message} [${code}]${received === undefined ? '' : ` ${received}`}, from ${bars.time.length} bars of ${bars.symbol} from ${isoTime(bars.time[0])} on`,
      expected: 'a transform that works on any stretch of bars, NaN where it has no value yet',
      help: 'let it return NaN for what it cannot compute; or check a transform without these features',
      cause: error,
    })
  }
  if (X.rows === bars.time.length && X.values.length === X.rows * X.names.length) return X
  throw new LabError('bad-transform', 'The transform does not give one row a bar.', {
    received: `${X.rows} rows and ${X.values.length} values of ${X.names.length} columns`,
    expected: `${bars.time.length} rows`,
    help: 'give rows without a value NaN instead of leaving them out',
  })
}

/** The same, undefined where this part of the market is too little to have any: too few bars, or none yet of another symbol. */
export function tryTransform(transform: BarTransform, part: Market): FeatureMatrix | undefined {
  try {
    return runTransform(transform, part)
  } catch (error) {
    const cause = isLabError(error) ? error.cause : undefined
    if (isLabError(cause) && ['too-few-bars', 'no-overlap'].includes(cause.code)) return undefined
    throw error
  }
}
