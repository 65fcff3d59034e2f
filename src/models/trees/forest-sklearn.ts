import { Sidecar, SidecarArray } from '../../sidecar/index.js'
import type { SidecarSource } from '../linear/logistic.js'
import type { FitInput } from '../model.js'
import { featuresPerSplit, type ForestParamsOf } from './forest-params.js'
import { NO_SPLIT } from './forest-xgboost.js'
import { NodeForest, type ForestNodes } from './node-forest.js'
import type { Growth } from './tree-model.js'
import type { TreeRows } from './tree-rows.js'

/** A forest of scikit-learn, grown in the Python child in one call (an abort ends the child); it predicts without Python. */
export async function growSklearnForest(
  params: ForestParamsOf<'sklearn'>,
  shared: SidecarSource | undefined,
  rows: TreeRows,
  { seed, threads, signal, onProgress }: FitInput,
): Promise<Growth<NodeForest>> {
  const columns = rows.names.length
  const request = {
    x: new SidecarArray(Float32Array.from(rows.trainValues()), [rows.label.length, columns]),
    y: new SidecarArray(rows.label),
    weight: rows.weight === undefined ? null : new SidecarArray(rows.weight),
    task: params.task,
    trees: params.trees,
    max_depth: params.maxDepth,
    min_samples_leaf: params.minSamplesLeaf,
    max_features: featuresPerSplit(params.maxFeatures, columns),
    bootstrap: params.bootstrap,
    seed,
    threads,
  }
  const sidecar = await (shared === undefined ? Sidecar.open({ threads }) : shared(threads))
  try {
    const answer = await sidecar.call('forest.fit', request, signal === undefined ? {} : { signal })
    const { version, ...nodes } = answer as ForestNodes & { readonly version: string }
    const progress = { step: 1, totalSteps: 1 }
    onProgress?.(progress)
    const stuck = Array.from(nodes.sizes).every((size) => size === 1)
    const backend = `scikit-learn ${version} (random forest)`
    const report = { steps: 1, bestStep: 1, history: [progress], backend, ...(stuck && { warnings: [NO_SPLIT] }) }
    return { ensemble: new NodeForest(nodes), report }
  } finally {
    if (shared === undefined) await sidecar.close()
  }
}
