import type { TrainingConfig } from '../../config/index.js'
import type { Bars } from '../../data/index.js'
import { directionLabels, type Labels } from '../../labels/index.js'
import type { LeakSubjects, StreamingTransform } from '../../leaks/index.js'
import { fitPreprocessor, type FeatureMatrix } from '../../preprocess/index.js'
import { directionPreprocess } from './direction-preprocess.js'
import type { DirectionSplit } from './direction-split.js'

export interface DirectionLeaksInput {
  readonly bars: Bars
  readonly engineer: StreamingTransform
  readonly X: FeatureMatrix
  readonly labels: Labels
  readonly split: Pick<DirectionSplit, 'folds'>
  readonly config: TrainingConfig
}

/** What stands between bars and scores in the direction job, for its leak certificate: features, labels, folds, and what models learn before they are fitted. */
export function directionLeakSubjects({ bars, engineer, X, labels, split, config }: DirectionLeaksInput): LeakSubjects {
  const spec = directionPreprocess(config)
  return {
    features: { transform: engineer, bars },
    labels: { make: (part) => directionLabels(part, { horizonBars: labels.horizonBars }), bars },
    fittedSteps: {
      step: { name: 'preprocess', fit: (matrix, rows) => fitPreprocessor(matrix, rows, spec).toJSON() },
      X,
      rows: split.folds[0]!.train,
    },
    folds: { time: bars.time, labelEndTime: labels.endTime, folds: split.folds },
  }
}
