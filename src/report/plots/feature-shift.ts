import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'
import { PART_COLORS, withOpacity } from '../palette.js'

export interface ShiftedFeature {
  readonly name: string
  /** Values in the training rows and in the test rows; what is not finite is left out. */
  readonly train: ArrayLike<number>
  readonly test: ArrayLike<number>
}

const BINS = 40
const COLUMNS = 3
const SHOWN = 12

/** Largest distance of the two distribution functions (Kolmogorov-Smirnov statistic), 0 to 1; NaN where a side is empty. */
export function distributionDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [a, b].map((values) => Float64Array.from(Array.from(values).filter(Number.isFinite)).sort()) as [
    Float64Array,
    Float64Array,
  ]
  if (x.length === 0 || y.length === 0) return NaN
  let [i, j, worst] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i]!, y[j]!)
    while (x[i]! <= at) i++
    while (y[j]! <= at) j++
    worst = Math.max(worst, Math.abs(i / x.length - j / y.length))
  }
  return worst
}

/**
 * Distribution of features in the training rows against the test rows, those that moved most first, with the distance of the two distribution functions. Bins cover
 * the middle 99 % of both together, the rest stands in the outer ones.
 * @throws LabError `no-features`
 */
export function featureShift(features: readonly ShiftedFeature[], { top = SHOWN }: { readonly top?: number } = {}): Figure {
  if (features.length === 0) throw new LabError('no-features', 'There is no feature to draw.', { received: 'an empty list' })
  const ranked = features
    .map((feature) => ({ ...feature, distance: distributionDistance(feature.train, feature.test) }))
    .sort(
      (a, b) => (Number.isNaN(b.distance) ? -1 : b.distance) - (Number.isNaN(a.distance) ? -1 : a.distance) || (a.name < b.name ? -1 : 1),
    )
    .slice(0, top)
  const rows = Math.ceil(ranked.length / COLUMNS)
  const axis = (i: number): string => (i === 0 ? '' : String(i + 1))
  const data = ranked.flatMap(({ train, test }, i) => {
    const edges = edgesOf(train, test)
    return (['train', 'test'] as const).map((part) => ({
      ...{ type: 'scatter', mode: 'lines', name: part, legendgroup: part, showlegend: i === 0, xaxis: `x${axis(i)}`, yaxis: `y${axis(i)}` },
      x: edges.slice(0, -1).map((edge, k) => (edge + edges[k + 1]!) / 2),
      y: shares(part === 'train' ? train : test, edges),
      line: { color: PART_COLORS[part], width: 1.4, shape: 'hvh' },
      ...(part === 'train' && { fill: 'tozeroy', fillcolor: withOpacity(PART_COLORS.train, 0.15) }),
      hovertemplate: `%{x:.4~g}: %{y:.1%}<extra>${part}</extra>`,
    }))
  })
  const layout: Record<string, unknown> = {
    height: 140 + 190 * rows,
    // Above the names of the first panels.
    legend: { y: 1 + 0.16 / rows, yanchor: 'bottom' },
    margin: { t: 92 },
    title: { text: 'Features in training and in test rows' },
    grid: { rows, columns: COLUMNS, pattern: 'independent', xgap: 0.12, ygap: 0.3 },
    annotations: ranked.map(({ name, distance }, i) => ({
      ...{ text: `${name}: ${distance.toFixed(2)}`, showarrow: false, xref: `x${axis(i)} domain`, yref: `y${axis(i)} domain` },
      ...{ x: 0, y: 1.14, xanchor: 'left', font: { size: 11 } },
    })),
  }
  ranked.forEach((_, i) => {
    layout[`xaxis${axis(i)}`] = { nticks: 4 }
    layout[`yaxis${axis(i)}`] = { showticklabels: false, rangemode: 'tozero' }
  })
  return figure(
    'feature-shift',
    `The ${ranked.length} features whose distribution moved most from training to test rows, with the largest distance of the distribution functions.`,
    { data, layout },
  )
}

function edgesOf(...parts: ArrayLike<number>[]): number[] {
  const all = Float64Array.from(parts.flatMap((values) => Array.from(values).filter(Number.isFinite))).sort()
  const at = (q: number): number => all[Math.round(q * (all.length - 1))] ?? 0
  const [low, high] = [at(0.005), at(0.995)]
  const width = high > low ? (high - low) / BINS : 1
  return Array.from({ length: BINS + 1 }, (_, k) => low + k * width)
}

function shares(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(BINS).fill(0)
  const known = Array.from(values).filter(Number.isFinite)
  for (const value of known) counts[Math.max(0, Math.min(BINS - 1, Math.floor((value - edges[0]!) / (edges[1]! - edges[0]!))))]!++
  return counts.map((count) => count / Math.max(1, known.length))
}
