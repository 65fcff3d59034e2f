import { DISPLAY, LabError, showTextTable, type Displayable } from '../core/index.js'
import { correlationMatrix, type CorrelationMethod, type FeatureMatrix } from '../preprocess/index.js'

export interface FeatureClustersOptions {
  /** Clusters are joined up to this mean distance 1 - |correlation|; default 0.5. */
  readonly maxDistance?: number
  /** Default spearman. */
  readonly method?: CorrelationMethod
}

export interface FeatureClusters extends Displayable {
  /** Names of each cluster's columns; clusters and columns in the order of X.names. */
  readonly clusters: readonly (readonly string[])[]
  /** Distance of each of the width - 1 joins of the whole tree, never decreasing. */
  readonly heights: Float64Array
  readonly maxDistance: number
}

/**
 * Columns that say much the same, by hierarchical clustering with mean distances (UPGMA; Lopez de Prado 2020 clusters features so before judging them). A column without a
 * correlation (a constant) is at distance 1 of all others. The same for any order of `rows`.
 * @throws LabError `bad-selection`, `no-rows`, `bad-row`
 */
export function featureClusters(
  X: FeatureMatrix,
  rows: Int32Array,
  { maxDistance = 0.5, method = 'spearman' }: FeatureClustersOptions = {},
): FeatureClusters {
  if (!(maxDistance > 0 && maxDistance <= 1))
    throw new LabError('bad-selection', 'Columns cannot be clustered like this.', {
      received: `maxDistance ${maxDistance}`,
      expected: 'a distance 1 - |correlation| above 0, at most 1',
      help: 'for example 0.5: columns whose mean correlation is above 0.5 are together',
    })
  const correlation = correlationMatrix(X, rows, method)
  const distance = correlation.map((r) => (Number.isNaN(r) ? 1 : 1 - Math.abs(r)))
  const { members, heights } = joinUp(distance, X.names.length, maxDistance)
  const clusters = members.map((columns) => columns.map((j) => X.names[j]!))
  const show = () =>
    showTextTable({
      title: `${X.names.length} columns in ${clusters.length} clusters, mean distance up to ${maxDistance}`,
      headings: ['cluster', 'columns'],
      rows: clusters.map((names, k) => [String(k + 1), names.join(', ')]),
    })
  return { clusters, heights, maxDistance, [DISPLAY]: show }
}

/** Joins the two nearest clusters until one is left; the clusters are those of before the first join above the limit. O(width^3). */
function joinUp(distances: Float64Array, width: number, limit: number): { readonly members: number[][]; readonly heights: Float64Array } {
  const distance = distances.slice()
  const alive = Array.from({ length: width }, (_, j) => j)
  const members = alive.map((j) => [j])
  const heights: number[] = []
  let cut = members.map((columns) => columns)
  while (alive.length > 1) {
    let [a, b, least] = [-1, -1, Infinity]
    for (const [k, first] of alive.entries())
      for (let l = k + 1; l < alive.length; l++) {
        const d = distance[first * width + alive[l]!]!
        if (d < least) [a, b, least] = [first, alive[l]!, d]
      }
    const [sizeA, sizeB] = [members[a]!.length, members[b]!.length]
    for (const other of alive) {
      const mean = (sizeA * distance[a * width + other]! + sizeB * distance[b * width + other]!) / (sizeA + sizeB)
      distance[a * width + other] = distance[other * width + a] = mean
    }
    members[a] = [...members[a]!, ...members[b]!].sort((x, y) => x - y)
    alive.splice(alive.indexOf(b), 1)
    heights.push(least)
    if (least <= limit) cut = alive.map((j) => members[j]!)
  }
  return { members: [...cut].sort((x, y) => x[0]! - y[0]!), heights: Float64Array.from(heights) }
}
