import { LightgbmBooster, lightgbmVersion } from '../../native/lightgbm/index.js'
import { preprocessorFromJson } from '../../preprocess/index.js'
import type { FitInput, Model } from '../model.js'
import { parseModelParams } from '../params.js'
import { readSavedModel } from '../saved-model.js'
import { growRounds } from './boosting-loop.js'
import { LightgbmEnsemble, openLightgbm } from './lightgbm-ensemble.js'
import { lightgbmParamsSchema, nativeParameters, type LightgbmParams } from './lightgbm-params.js'
import { TreeModel, type Growth, type SavedTrees, type TreeKind } from './tree-model.js'
import { monotoneConstraints } from './tree-params.js'
import type { TreeRows } from './tree-rows.js'

export { lightgbmParamsSchema, type LightgbmParams } from './lightgbm-params.js'

/** Gradient boosted trees by LightGBM's C library, bit-equal to its Python package with the same parameters. */
const kindOf = (params: LightgbmParams): TreeKind<LightgbmEnsemble> => ({
  kind: 'lightgbm',
  params,
  explains: true,
  grow: (rows, input, before) => grow(params, rows, input, before),
})

async function grow(
  params: LightgbmParams,
  rows: TreeRows,
  { seed, threads, signal, onProgress }: FitInput,
  before: LightgbmEnsemble | undefined,
): Promise<Growth<LightgbmEnsemble>> {
  const { names, preprocessor } = rows
  const native = nativeParameters(params, seed, threads, monotoneConstraints(params.monotone, preprocessor.inputs, names))
  const earlier = before?.booster.rounds ?? 0
  const open = openLightgbm(rows, native, before?.booster)
  try {
    const { booster, validated } = open
    const ensemble = {
      ...{ library: 'LightGBM', rounds: params.rounds, patience: params.patience },
      growSync: () => booster.updateSync(),
      lossesSync: () => ({ trainLoss: booster.evaluateSync(0), ...(validated && { validationLoss: booster.evaluateSync(1) }) }),
    }
    const { history, bestStep, stuck } = await growRounds(ensemble, {
      ...(signal !== undefined && { signal }),
      ...(onProgress !== undefined && { onProgress }),
    })
    // The text holds the kept rounds alone and every number exactly; the grown booster also keeps its data sets alive.
    const kept = LightgbmBooster.fromTextSync(booster.toTextSync(earlier + bestStep))
    return {
      ensemble: new LightgbmEnsemble(kept, names.length),
      report: {
        steps: history.length,
        bestStep,
        history,
        backend: `lightgbm ${lightgbmVersion()}`,
        ...(stuck && { warnings: [noSplit(params, before !== undefined)] }),
      },
    }
  } finally {
    open.close()
  }
}

function noSplit({ task }: LightgbmParams, continued: boolean): string {
  const predicts = continued ? 'what it did before' : task === 'classification' ? 'the share of y = 1' : 'the mean of y'
  return `No split was possible: the model predicts ${predicts}. Smaller minDataInLeaf or more rows would allow one.`
}

/** Gradient boosted trees by LightGBM, not fitted yet. @throws LabError `unknown-parameter`, `bad-parameter` */
export function createLightgbmModel(params: Readonly<Record<string, unknown>>): Model {
  return new TreeModel(kindOf(parseModelParams('lightgbm', lightgbmParamsSchema, params)))
}

/** The model that `save` wrote into the folder. @throws LabError `no-model`, `bad-preprocessor`, `bad-scaler`, `no-lightgbm`, `lightgbm-error` */
export function loadLightgbmModel(folder: string): Model {
  const { params, preprocessor: json } = readSavedModel<SavedTrees>(folder)
  const preprocessor = preprocessorFromJson(json)
  const ensemble = LightgbmEnsemble.read(folder, preprocessor.names.length)
  return new TreeModel(kindOf(params as LightgbmParams), { ensemble, preprocessor })
}
