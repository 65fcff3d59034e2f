import { LabError } from '../core/index.js'

/** How many columns stay: so many of the best, a share of all (rounded up), or those whose score is at least this. */
export type Keep = { readonly top: number } | { readonly share: number } | { readonly least: number }

/** Positions of the kept columns, increasing; of equal scores the earlier column. @throws LabError `bad-selection`, `nothing-selected` */
export function keepBest(scores: ArrayLike<number>, keep: Keep): Int32Array {
  const order = Array.from({ length: scores.length }, (_, j) => j).sort((a, b) => scores[b]! - scores[a]! || a - b)
  const kept = 'least' in keep ? order.filter((j) => scores[j]! >= keep.least) : order.slice(0, countOf(keep, scores.length))
  if (kept.length > 0) return Int32Array.from(kept).sort()
  throw new LabError('nothing-selected', 'The selection leaves no column.', {
    received: `largest score ${scores[order[0]!]} of ${scores.length} columns`,
    expected: `a score of ${JSON.stringify(keep)}`,
    help: 'ask for fewer: { top: 10 }; where no column helps, there may be nothing to learn',
  })
}

function countOf(keep: Exclude<Keep, { readonly least: number }>, columns: number): number {
  const [value, isGood] =
    'top' in keep ? [keep.top, Number.isInteger(keep.top) && keep.top >= 1] : [keep.share, keep.share > 0 && keep.share <= 1]
  if (!isGood)
    throw new LabError('bad-selection', 'So many columns cannot be kept.', {
      received: JSON.stringify(keep),
      expected: '{ top: a whole number from 1 }, { share: above 0, at most 1 } or { least: a score }',
      help: 'for example { top: 20 }',
    })
  return 'top' in keep ? Math.min(columns, value) : Math.ceil(columns * value)
}

/** The best column of each cluster. @param clusters names, as `featureClusters` gives them; @param scores by name */
export function bestOfClusters(clusters: readonly (readonly string[])[], scores: ReadonlyMap<string, number>): string[] {
  return clusters.map((names) => names.reduce((best, name) => (scores.get(name)! > scores.get(best)! ? name : best)))
}
