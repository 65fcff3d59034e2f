import { preprocessorFromJson, type Preprocessor } from '../../preprocess/index.js'
import type { SidecarSource } from '../linear/logistic.js'
import type { FitInput, Model } from '../model.js'
import { cannotContinue } from '../rows.js'
import { readSavedModel } from '../saved-model.js'
import { growLightgbmForest } from './forest-lightgbm.js'
import { parseForestParams, type ForestParams } from './forest-params.js'
import { growSklearnForest } from './forest-sklearn.js'
import { growXgboostForest } from './forest-xgboost.js'
import { LightgbmEnsemble } from './lightgbm-ensemble.js'
import { NodeForest } from './node-forest.js'
import { TreeModel, type Growth, type SavedTrees, type TreeEnsemble, type TreeKind } from './tree-model.js'
import type { TreeRows } from './tree-rows.js'
import type { XgboostContext } from './xgboost-device.js'
import { XgboostEnsemble } from './xgboost-ensemble.js'

/** Where a forest is grown. */
export interface ForestContext extends XgboostContext {
  /** A Python child to share, for the backend sklearn; without it each fit opens its own. */
  readonly sidecar?: SidecarSource
}

const kindOf = (params: ForestParams, context: ForestContext): TreeKind<TreeEnsemble> => ({
  kind: 'random_forest',
  params,
  // scikit-learn has no SHAP values of its own.
  explains: params.backend !== 'sklearn',
  grow: (rows, input) => grow(params, context, rows, input),
})

async function grow(params: ForestParams, context: ForestContext, rows: TreeRows, input: FitInput): Promise<Growth<TreeEnsemble>> {
  if (input.continues === true)
    throw cannotContinue('random_forest', 'its trees are grown on all rows, and are no correction of each other')
  switch (params.backend) {
    case 'xgboost':
      return growXgboostForest(params, context, rows, input)
    case 'lightgbm':
      return growLightgbmForest(params, rows, input)
    case 'sklearn':
      return growSklearnForest(params, context.sidecar, rows, input)
  }
}

/** A random forest that is not fitted yet. @throws LabError `unknown-parameter`, `bad-parameter` */
export function createForestModel(params: Readonly<Record<string, unknown>>, context: ForestContext): Model {
  return new TreeModel(kindOf(parseForestParams(params), context))
}

/** The forest that `save` wrote into the folder. @throws LabError `no-model`, `damaged-model`, `bad-preprocessor`, `bad-scaler`, and those of the library behind it */
export function loadForestModel(folder: string, context: ForestContext): Model {
  const saved = readSavedModel<SavedTrees>(folder)
  const params = saved.params as ForestParams
  const preprocessor = preprocessorFromJson(saved.preprocessor)
  return new TreeModel(kindOf(params, context), { ensemble: readForest(folder, params, preprocessor), preprocessor })
}

function readForest(folder: string, { backend }: ForestParams, { names }: Preprocessor): TreeEnsemble {
  switch (backend) {
    case 'xgboost':
      return XgboostEnsemble.read(folder, names)
    case 'lightgbm':
      return LightgbmEnsemble.read(folder, names.length, true)
    case 'sklearn':
      return NodeForest.read(folder)
  }
}
