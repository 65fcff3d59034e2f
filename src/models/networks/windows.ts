import type { FeatureMatrix, Preprocessor } from '../../preprocess/index.js'
import { checkWindows, type SequenceData } from '../../train/index.js'

/** Prepares the matrix once and gives windows over it; a value missing outside of every window harms nobody. @throws LabError `incomplete-window` */
export function preparedWindows(X: FeatureMatrix, preprocessor: Preprocessor, lookback: number): (rows: Int32Array) => SequenceData {
  const features = preprocessor.transformFloat32(X, undefined, { incomplete: 'keep' })
  return (endRow) => {
    const data = { features, featureCount: preprocessor.names.length, lookback, endRow }
    checkWindows(data, preprocessor.names)
    return data
  }
}
