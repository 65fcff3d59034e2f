import { LightgbmBooster, lightgbmVersion, type LightgbmParameters } from '../../native/lightgbm/index.js'
import type { FitInput } from '../model.js'
import { growRounds } from './boosting-loop.js'
import { featuresPerSplit, type ForestParamsOf } from './forest-params.js'
import { NO_SPLIT } from './forest-xgboost.js'
import { LightgbmEnsemble, openLightgbm } from './lightgbm-ensemble.js'
import { deterministic } from './lightgbm-params.js'
import type { Growth } from './tree-model.js'
import type { TreeRows } from './tree-rows.js'

type Params = ForestParamsOf<'lightgbm'>

/** LightGBM's own names for a forest (`boosting=rf`). */
export function lightgbmForestParameters(params: Params, columns: number, seed: number, threads: number): LightgbmParameters {
  const classifies = params.task === 'classification'
  return {
    ...(classifies ? { objective: 'binary', metric: 'binary_logloss' } : { objective: 'regression', metric: 'l2' }),
    boosting: 'rf',
    num_iterations: params.trees,
    num_leaves: params.numLeaves,
    max_depth: params.maxDepth === 0 ? -1 : params.maxDepth,
    min_data_in_leaf: params.minSamplesLeaf,
    feature_fraction_bynode: featuresPerSplit(params.maxFeatures, columns) / columns,
    bagging_fraction: params.sampleShare,
    bagging_freq: 1,
    lambda_l2: params.lambda,
    max_bin: params.maxBin,
    seed,
    ...deterministic(threads),
  }
}

/** A forest of LightGBM, bit-equal to its Python package with the same parameters; a tree a round. */
export async function growLightgbmForest(
  params: Params,
  rows: TreeRows,
  { seed, threads, signal, onProgress }: FitInput,
): Promise<Growth<LightgbmEnsemble>> {
  const columns = rows.names.length
  const open = openLightgbm(rows, lightgbmForestParameters(params, columns, seed, threads))
  try {
    const { booster, validated } = open
    const forest = {
      ...{ library: 'random forest', rounds: params.trees, patience: Infinity },
      growSync: () => booster.updateSync(),
      lossesSync: (step: number) =>
        step === params.trees ? { trainLoss: booster.evaluateSync(0), ...(validated && { validationLoss: booster.evaluateSync(1) }) } : {},
    }
    const told = { ...(signal !== undefined && { signal }), ...(onProgress !== undefined && { onProgress }) }
    const { history } = await growRounds(forest, told)
    const ensemble = new LightgbmEnsemble(LightgbmBooster.fromTextSync(booster.toTextSync(0)), columns, true)
    const backend = `lightgbm ${lightgbmVersion()} (random forest)`
    const steps = history.length
    const stuck = ensemble.gainSync().every((gain) => gain === 0)
    return { ensemble, report: { steps, bestStep: steps, history, backend, ...(stuck && { warnings: [NO_SPLIT] }) } }
  } finally {
    open.close()
  }
}
