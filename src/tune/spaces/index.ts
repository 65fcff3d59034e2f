import type { SearchSpace } from '../search-space.js'
import { lightgbmSpace } from './lightgbm.js'
import { lstmSpace } from './lstm.js'
import { xgboostSpace } from './xgboost.js'

/** What is searched where the configuration says nothing, by kind of model. Logistic regression has the lists of `models.direction.default_params`. */
export const defaultSpaces: Readonly<Record<string, SearchSpace>> = { lightgbm: lightgbmSpace, lstm: lstmSpace, xgboost: xgboostSpace }
