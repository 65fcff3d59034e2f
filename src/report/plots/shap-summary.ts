import { createRng } from '../../core/index.js'
import type { ShapSummary } from '../../models/index.js'
import { figure, type Figure } from '../figure.js'
import { counted, formatNumber } from '../format-number.js'
import { NEUTRAL, seriesColors } from '../palette.js'
import { slug } from '../slug.js'

export type ShapFigureInput = Pick<ShapSummary, 'names' | 'values' | 'featureValues' | 'meanAbsolute'> & {
  readonly model: string
  /** Of the SHAP values; default log-odds. */
  readonly unit?: string
}

/** Low to high values of a feature: blue to orange through grey, apart for every kind of colour vision. */
export const VALUE_SCALE = [
  [0, seriesColors[0]!],
  [0.5, NEUTRAL],
  [1, seriesColors[1]!],
] as const

/** Points that lie over each other are moved apart by so many steps of a row's height. */
const STACK_BINS = 80
const HALF_ROW = 0.4

/**
 * A swarm of points for each of the most important features: how far it moved the prediction of a row, coloured by the feature's own value in that row (as a rank among the rows
 * shown). Of many rows some are shown: evenly from the smallest SHAP value to the largest, so that the extremes stay.
 */
export function shapBeeswarm(
  { model, names, values, featureValues, meanAbsolute, unit = 'log-odds' }: ShapFigureInput,
  { top = 15, points = 100 }: { readonly top?: number; readonly points?: number } = {},
): Figure {
  const width = names.length
  const rows = values.length / Math.max(1, width)
  const shown = [...names.keys()].sort((a, b) => meanAbsolute[b]! - meanAbsolute[a]! || a - b).slice(0, top)
  const swarms = shown.map((j, place) => {
    const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => values[a * width + j]! - values[b * width + j]! || a - b)
    const kept = evenly(order, points)
    const shap = kept.map((i) => values[i * width + j]!)
    const value = kept.map((i) => featureValues[i * width + j]!)
    return { shap, value, rank: ranksOf(value), at: stacked(shap).map((offset) => place + HALF_ROW * offset) }
  })
  const trace = (isKnown: boolean): Record<string, unknown> => {
    const picked = swarms.flatMap(({ shap, value, rank, at }) =>
      shap.map((x, k) => ({ x, y: at[k]!, value: value[k]!, rank: rank[k]! })).filter((point) => Number.isFinite(point.value) === isKnown),
    )
    return {
      type: 'scatter',
      mode: 'markers',
      name: isKnown ? 'value of the feature' : 'value missing',
      x: picked.map(({ x }) => x),
      y: picked.map(({ y }) => y),
      customdata: picked.map(({ value }) => (Number.isFinite(value) ? value : null)),
      showlegend: !isKnown && picked.length > 0,
      marker: {
        size: 5,
        opacity: 0.75,
        ...(isKnown
          ? {
              color: picked.map(({ rank }) => rank),
              colorscale: VALUE_SCALE,
              cmin: 0,
              cmax: 1,
              colorbar: {
                title: { text: 'value of the feature', side: 'right' },
                tickvals: [0, 1],
                ticktext: ['low', 'high'],
                thickness: 12,
              },
            }
          : { color: NEUTRAL, symbol: 'x' }),
      },
      hovertemplate: isKnown
        ? 'adds %{x:.4f} at a value of %{customdata:.4g}<extra></extra>'
        : 'adds %{x:.4f}, value missing<extra></extra>',
    }
  }
  const limited = rows > points ? `, ${formatNumber(points)} of ${counted(rows, 'row')}` : `, ${counted(rows, 'row')}`
  return figure(
    `shap-summary-${slug(model)}`,
    `What the ${shown.length} most important features add to the predictions of ${model}, in ${unit}${limited}; orange is a high value of the feature, blue a low one.`,
    {
      data: [trace(true), trace(false)].filter(({ x }) => (x as number[]).length > 0),
      layout: {
        height: 140 + 28 * shown.length,
        title: { text: `SHAP values: ${model}` },
        xaxis: { title: { text: `added to the prediction (${unit})` }, zeroline: true, zerolinecolor: NEUTRAL },
        yaxis: {
          tickvals: shown.map((_, place) => place),
          ticktext: shown.map((j) => names[j]!),
          range: [shown.length - 0.5, -0.5],
          showgrid: false,
          zeroline: false,
        },
      },
    },
  )
}

/** At most `count` of the sorted items, the first and the last among them. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, k) => items[Math.round((k * (items.length - 1)) / Math.max(1, count - 1))]!)
}

/** Place of each finite value among them, 0 to 1, equal values alike; 0.5 where all are equal. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...new Set(values.filter(Number.isFinite))].sort((a, b) => a - b)
  const place = new Map(sorted.map((value, k) => [value, sorted.length < 2 ? 0.5 : k / (sorted.length - 1)]))
  return values.map((value) => place.get(value) ?? 0.5)
}

/** Offsets -1 to 1 that move apart points which lie over each other: 0, one step up, one down and so on, the fullest place filling the height. */
function stacked(sorted: readonly number[]): number[] {
  const low = sorted[0] ?? 0
  const span = (sorted.at(-1) ?? 0) - low
  const members = new Map<number, number[]>()
  for (const [k, value] of sorted.entries()) {
    const bin = span > 0 ? Math.min(STACK_BINS - 1, Math.floor(((value - low) / span) * STACK_BINS)) : 0
    members.set(bin, [...(members.get(bin) ?? []), k])
  }
  // Few points stay near the line: a step is never more than an eighth of the height.
  const largest = Math.max(8, ...[...members.values()].map(({ length }) => length / 2))
  const offsets = new Array<number>(sorted.length).fill(0)
  const rng = createRng(1, 'beeswarm')
  // In order of their values the points of one place would draw arrows.
  for (const points of members.values())
    for (const [height, k] of rng.shuffle(points).entries()) offsets[k] = (height % 2 === 1 ? (height + 1) / 2 : -height / 2) / largest
  return offsets
}
