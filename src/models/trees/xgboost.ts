import { join } from 'node:path'
import { sha256, stableJson, withFileLock } from '../../core/index.js'
import { xgboostVersion, type XgboostParameters } from '../../native/xgboost/index.js'
import { preprocessorFromJson } from '../../preprocess/index.js'
import type { FitInput, Model } from '../model.js'
import { parseModelParams } from '../params.js'
import { readSavedModel } from '../saved-model.js'
import { BoostingCheckpoints } from './boosting-checkpoint.js'
import { growRounds, type BoostingResult } from './boosting-loop.js'
import { TreeModel, type Growth, type SavedTrees, type TreeKind } from './tree-model.js'
import { monotoneConstraints } from './tree-params.js'
import type { TreeRows } from './tree-rows.js'
import { chooseXgboostDevice, confirmXgboostDevice, xgboostFacts, type XgboostContext } from './xgboost-device.js'
import { binRows, XgboostEnsemble } from './xgboost-ensemble.js'
import { nativeParameters, xgboostParamsSchema, type XgboostParams } from './xgboost-params.js'
import { XgboostRounds } from './xgboost-rounds.js'

export { xgboostParamsSchema, type XgboostParams } from './xgboost-params.js'

/** Gradient boosted trees by XGBoost's C library, bit-equal to its Python package with the same parameters. */
const kindOf = (params: XgboostParams, context: XgboostContext): TreeKind<XgboostEnsemble> => ({
  kind: 'xgboost',
  params,
  explains: true,
  grow: (rows, input, before) => grow(params, context, rows, input, before),
})

async function grow(
  params: XgboostParams,
  context: XgboostContext,
  rows: TreeRows,
  input: FitInput,
  before: XgboostEnsemble | undefined,
): Promise<Growth<XgboostEnsemble>> {
  const { seed, threads } = input
  const { names, preprocessor } = rows
  const monotone = monotoneConstraints(params.monotone, preprocessor.inputs, names)
  const { asked, warning } = chooseXgboostDevice(context, xgboostFacts())
  const native = nativeParameters(params, { seed, threads, device: asked, monotone })
  const binned = binRows(rows, params.maxBin, threads)
  try {
    const rounds = new XgboostRounds(binned, native, before?.booster)
    try {
      const warnings = warning === undefined ? [] : [warning]
      let device = asked as string
      const confirm = (): void => {
        device = rounds.deviceSync()
        const fallback = confirmXgboostDevice(context, asked, device)
        if (fallback !== undefined) warnings.push(fallback)
      }
      const { history, bestStep } = await growAll(params, rounds, rows, native, input, before, confirm)
      const booster = rounds.keepSync(bestStep)
      booster.setSync({ nthread: threads, device })
      const ensemble = new XgboostEnsemble(booster, names)
      if (ensemble.gainSync().every((gain) => gain === 0)) warnings.push(noSplit(params))
      const backend = `xgboost ${xgboostVersion()}${device === 'cpu' ? '' : ` (${device})`}`
      return { ensemble, report: { steps: history.length, bestStep, history, backend, ...(warnings.length > 0 && { warnings }) } }
    } finally {
      rounds.close()
    }
  } finally {
    binned.close()
  }
}

/** Grows from the newest checkpoint, or from the first round. @param confirm called after the first round of this call */
async function growAll(
  params: XgboostParams,
  rounds: XgboostRounds,
  rows: TreeRows,
  native: XgboostParameters,
  { signal, checkpoint, onProgress, onNotice }: FitInput,
  before: XgboostEnsemble | undefined,
  confirm: () => void,
): Promise<BoostingResult> {
  let isFirst = true
  const ensemble = {
    ...{ library: 'XGBoost', rounds: params.rounds, patience: params.patience },
    growSync: (step: number): boolean => {
      rounds.growSync(step)
      if (isFirst) confirm()
      isFirst = false
      return true
    },
    lossesSync: (step: number) => rounds.lossesSync(step),
  }
  const told = { ...(signal !== undefined && { signal }), ...(onProgress !== undefined && { onProgress }) }
  if (checkpoint === undefined) return growRounds(ensemble, told)
  const checkpoints = new BoostingCheckpoints(checkpoint, fitIdentity(params, rows, native, before), onNotice)
  return withFileLock(join(checkpoint.folder, 'training.lock'), () => {
    const state = checkpoints.latestSync()
    if (state !== undefined) rounds.resume({ model: state.model, rounds: state.history.length }, native)
    return growRounds(ensemble, {
      ...told,
      ...(state !== undefined && { history: state.history }),
      afterRound: (history, interrupted) => {
        if (interrupted || checkpoints.isDue(history.length)) checkpoints.saveSync(history, () => rounds.modelSync())
      },
    })
  })
}

/** Hash of all that decides the bytes. */
function fitIdentity(params: XgboostParams, rows: TreeRows, native: XgboostParameters, before: XgboostEnsemble | undefined): string {
  const { rounds, patience } = params
  const settings = { version: xgboostVersion(), native, rounds, patience, names: rows.names, weighted: rows.weight !== undefined }
  const { weight = new Float64Array(0), validation } = rows
  const held = validation === undefined ? [] : [validation.label, validation.values()]
  const earlier = before === undefined ? [] : [before.booster.toBytesSync()]
  return sha256(stableJson(settings), rows.label, weight, rows.trainValues(), ...held, ...earlier)
}

const noSplit = ({ task }: XgboostParams): string =>
  `No split was possible: the model predicts ${task === 'classification' ? 'the share of y = 1' : 'the mean of y'}. Smaller minChildWeight or more rows would allow one.`

/** Gradient boosted trees by XGBoost, not fitted yet. @throws LabError `unknown-parameter`, `bad-parameter` */
export function createXgboostModel(params: Readonly<Record<string, unknown>>, context: XgboostContext): Model {
  return new TreeModel(kindOf(parseModelParams('xgboost', xgboostParamsSchema, params), context))
}

/** The model that `save` wrote into the folder. @throws LabError `no-model`, `bad-preprocessor`, `bad-scaler`, `no-xgboost`, `xgboost-error` */
export function loadXgboostModel(folder: string, context: XgboostContext): Model {
  const { params, preprocessor: json } = readSavedModel<SavedTrees>(folder)
  const preprocessor = preprocessorFromJson(json)
  const ensemble = XgboostEnsemble.read(folder, preprocessor.names)
  return new TreeModel(kindOf(params as XgboostParams, context), { ensemble, preprocessor })
}
