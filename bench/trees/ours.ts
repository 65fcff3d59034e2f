import { LightgbmBooster } from '../../src/native/lightgbm/index.js'
import { createModel } from '../../src/models/index.js'
import { LightgbmEnsemble, openLightgbm } from '../../src/models/trees/lightgbm-ensemble.js'
import type { TreeEnsemble } from '../../src/models/trees/tree-model.js'
import { binRows, XgboostEnsemble } from '../../src/models/trees/xgboost-ensemble.js'
import { XgboostRounds } from '../../src/models/trees/xgboost-rounds.js'
import { lightgbmVersion } from '../../src/native/lightgbm/index.js'
import { xgboostVersion } from '../../src/native/xgboost/index.js'
import { servePeer } from '../lstm/peer-process.js'
import { readProblem } from './problem.js'

/** Our side of `npm run bench -- trees`: the steps that the models' fits are made of, from the matrix of doubles to an ensemble that predicts. */
const { problem, input, rows } = readProblem(process.argv[2]!)
const { X } = input
const test = X.values.subarray(problem.train * problem.columns)
const explained = test.subarray(0, problem.explained * problem.columns)
let grown: { readonly [library: string]: TreeEnsemble } = {}

async function timed(work: () => unknown): Promise<{ ms: number }> {
  const started = performance.now()
  await work()
  return { ms: performance.now() - started }
}

function growXgboost(): void {
  const binned = binRows(rows, Number(problem.xgboost.max_bin), problem.threads)
  const ensemble = new XgboostRounds(binned, problem.xgboost)
  for (let step = 1; step <= problem.rounds; step++) ensemble.growSync(step)
  grown = { ...grown, xgboost: new XgboostEnsemble(ensemble.keepSync(problem.rounds), rows.names) }
  ensemble.close()
  binned.close()
}

function growLightgbm(): void {
  const open = openLightgbm(rows, problem.lightgbm)
  for (let step = 1; step <= problem.rounds; step++) open.booster.updateSync()
  grown = { ...grown, lightgbm: new LightgbmEnsemble(LightgbmBooster.fromTextSync(open.booster.toTextSync(0)), problem.columns) }
  open.close()
}

async function growForest(): Promise<void> {
  const model = createModel({ kind: 'random_forest', params: { ...problem.forest } }, { device: 'cpu', requireDevice: false })
  await model.fit(input)
  await model.close()
}

await servePeer(
  { xgboost: xgboostVersion(), lightgbm: lightgbmVersion() },
  {
    'xgboost train': () => timed(growXgboost),
    'xgboost predict': () => timed(() => grown.xgboost!.predictSync(test)),
    'xgboost shap': () => timed(() => grown.xgboost!.contributionsSync!(explained)),
    'lightgbm train': () => timed(growLightgbm),
    'lightgbm predict': () => timed(() => grown.lightgbm!.predictSync(test)),
    'lightgbm shap': () => timed(() => grown.lightgbm!.contributionsSync!(explained)),
    'forest train': () => timed(growForest),
  },
)
