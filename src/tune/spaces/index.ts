import type { SearchSpace } from '../search-space.js'
import { deepEnsembleSpace } from './deep-ensemble.js'
import { lightgbmSpace } from './lightgbm.js'
import { lstmSpace } from './lstm.js'
import { randomForestSpace } from './random-forest.js'
import { xgboostSpace } from './xgboost.js'

/**
 * What is searched where the configuration says nothing, by kind of model. Logistic regression has the lists of `models.direction.default_params`; a stack has none: search its
 * bases.
 */
export const defaultSpaces: Readonly<Record<string, SearchSpace>> = {
  lightgbm: lightgbmSpace,
  xgboost: xgboostSpace,
  random_forest: randomForestSpace,
  lstm: lstmSpace,
  deep_ensemble: deepEnsembleSpace,
}
