import { XgboostBooster, xgboostPredictSync, xgboostVersion, type XgboostParameters } from '../../native/xgboost/index.js'
import type { FitInput } from '../model.js'
import { growRounds } from './boosting-loop.js'
import { featuresPerSplit, type ForestParamsOf } from './forest-params.js'
import type { Growth } from './tree-model.js'
import type { TreeRows } from './tree-rows.js'
import { chooseXgboostDevice, confirmXgboostDevice, xgboostFacts, type XgboostContext } from './xgboost-device.js'
import { binRows, XgboostEnsemble, type BinnedRows } from './xgboost-ensemble.js'
import { histogramMethod, objectiveOf, type XgboostRun } from './xgboost-params.js'

/** Trees of one call into the library: between calls the process hears an abort. */
const MOST_TREES_PER_ROUND = 10

type Params = ForestParamsOf<'xgboost'>

/**
 * A forest of XGBoost: every tree is one Newton step from the mean of y, and the forest is the mean of its trees, in log-odds or units of y.
 *
 * XGBoost grows a forest in one call, which nothing can interrupt. Here it is grown in rounds of {@link treesPerRound} trees, each round on the same derivatives, those
 * at the mean, and with its share of the learning rate: the same sum. A forest of at most ten trees is that of Python's `XGBRFClassifier` to the bit (same
 * `base_score`); a larger one has other random draws than one call would.
 */
export async function growXgboostForest(
  params: Params,
  context: XgboostContext,
  rows: TreeRows,
  { seed, threads, signal, onProgress }: FitInput,
): Promise<Growth<XgboostEnsemble>> {
  const { asked, warning } = chooseXgboostDevice(context, xgboostFacts())
  const perRound = treesPerRound(params.trees)
  const rounds = params.trees / perRound
  const native = forestParameters(params, rows, { seed, threads, device: asked })
  const warnings = warning === undefined ? [] : [warning]
  const binned = binRows(rows, params.maxBin, threads)
  let booster: XgboostBooster | undefined
  try {
    const grown = (booster = XgboostBooster.createSync(binned.all, native))
    const { gradient, hessian } = derivatives(rows, atMean(grown, rows.names.length))
    const forest = {
      ...{ library: 'random forest', rounds, patience: Infinity },
      growSync: (step: number): boolean => {
        grown.updateByGradientSync(binned.train, step - 1, gradient, hessian)
        const fallback = step === 1 ? confirmXgboostDevice(context, asked, grown.deviceSync()) : undefined
        if (fallback !== undefined) warnings.push(fallback)
        return true
      },
      // A part of the forest is nearer to the mean than the whole: only the loss of all its trees says something.
      lossesSync: (step: number) => (step === rounds ? lossesOf(grown, binned, step) : {}),
    }
    const told = { ...(signal !== undefined && { signal }), ...(onProgress !== undefined && { onProgress }) }
    const { history } = await growRounds(forest, told)
    const device = grown.deviceSync()
    const kept = XgboostBooster.fromBytesSync(grown.toBytesSync())
    kept.setSync({ nthread: threads, device })
    const ensemble = new XgboostEnsemble(kept, rows.names)
    if (ensemble.gainSync().every((gain) => gain === 0)) warnings.push(NO_SPLIT)
    const backend = `xgboost ${xgboostVersion()} (random forest${device === 'cpu' ? '' : `, ${device}`})`
    return { ensemble, report: { steps: rounds, bestStep: rounds, history, backend, ...(warnings.length > 0 && { warnings }) } }
  } finally {
    booster?.close()
    binned.close()
  }
}

export const NO_SPLIT = 'No split was possible: the forest predicts the mean of y. Smaller minSamplesLeaf or more rows would allow one.'

/** The most trees, up to ten, that divide a forest evenly: 100 gives 10, 97 gives 1. */
export function treesPerRound(trees: number): number {
  for (let size = MOST_TREES_PER_ROUND; ; size--) if (trees % size === 0) return size
}

/** XGBoost's own names for a forest of `params.trees`, of which each round grows {@link treesPerRound}. */
export function forestParameters(params: Params, { names, label, weight, task }: TreeRows, run: XgboostRun): XgboostParameters {
  const perRound = treesPerRound(params.trees)
  const columns = names.length
  const mean = weightedMean(label, weight)
  const rowHessian = task === 'classification' ? mean * (1 - mean) : 1
  return {
    ...objectiveOf(task),
    base_score: mean,
    eta: perRound / params.trees,
    num_parallel_tree: perRound,
    max_depth: params.maxDepth,
    // Every row has the same second derivative, so a number of rows is a sum of them; the half keeps rounding from asking for one row more.
    min_child_weight: (params.minSamplesLeaf - 0.5) * rowHessian,
    subsample: params.sampleShare,
    // XGBoost rounds the number of features down.
    colsample_bynode: Math.min(1, (featuresPerSplit(params.maxFeatures, columns) + 0.5) / columns),
    lambda: params.lambda,
    ...histogramMethod(params.maxBin, run),
  }
}

/** What the objective predicts without a tree. */
const atMean = (booster: XgboostBooster, columns: number): number => xgboostPredictSync(booster, new Float32Array(columns), columns)[0]!

/** Of the log-loss or half the squared error by the sum of the trees, at `prediction` for every row; rounded as XGBoost does. */
function derivatives({ task, label, weight }: TreeRows, prediction: number): { gradient: Float32Array; hessian: Float32Array } {
  const weightOf = (i: number): number => Math.fround(weight?.[i] ?? 1)
  const second = task === 'classification' ? Math.fround(prediction * Math.fround(1 - prediction)) : 1
  return {
    gradient: Float32Array.from(label, (y, i) => Math.fround(prediction - Math.fround(y)) * weightOf(i)),
    hessian: Float32Array.from(label, (_, i) => second * weightOf(i)),
  }
}

function weightedMean(label: Float64Array, weight: Float64Array | undefined): number {
  const total = weight?.reduce((sum, each) => sum + each, 0) ?? label.length
  return label.reduce((sum, y, i) => sum + y * (weight?.[i] ?? 1), 0) / total
}

function lossesOf(booster: XgboostBooster, { all }: BinnedRows, step: number): { trainLoss: number; validationLoss?: number } {
  const [trainLoss, validationLoss] = booster.evaluateSync(all, step - 1)
  return { trainLoss: trainLoss!, ...(validationLoss !== undefined && { validationLoss }) }
}
