import { figure, type Figure } from '../figure.js'
import { slug } from '../slug.js'

export interface ConfusionCounts {
  readonly model: string
  readonly trueNegative: number
  readonly falsePositive: number
  readonly falseNegative: number
  readonly truePositive: number
}

/** One hue from light to middling, on which dark text has a contrast of at least 4.5 to 1 everywhere, on a dark page too. */
export const SHARE_SCALE = [
  [0, '#F2F6FA'],
  [0.5, '#A9CDE5'],
  [1, '#6BA7D2'],
] as const
/** No twin on dark: the cells stay light there. */
export const CELL_INK = '#1B1F24'

/** Rows by what happened, columns by what was predicted: counts, shaded by the share of their row (so that the classes' sizes do not matter). */
export function confusionMatrix({ model, trueNegative, falsePositive, falseNegative, truePositive }: ConfusionCounts): Figure {
  const counts = [
    [trueNegative, falsePositive],
    [falseNegative, truePositive],
  ]
  const shares = counts.map((row) => row.map((count) => (row[0]! + row[1]! === 0 ? null : count / (row[0]! + row[1]!))))
  return figure(
    `confusion-${slug(model)}`,
    `${model}: predicted direction (columns) against what happened (rows), with the share of each row.`,
    {
      data: [
        {
          type: 'heatmap',
          z: shares,
          x: ['predicted down', 'predicted up'],
          y: ['was down', 'was up'],
          zmin: 0,
          zmax: 1,
          text: counts.map((row, i) => row.map((count, j) => `${count}<br>${shareText(shares[i]![j])}`)),
          texttemplate: '%{text}',
          textfont: { size: 14, color: CELL_INK },
          hovertemplate: '%{y}, %{x}: %{text}<extra></extra>',
          colorscale: SHARE_SCALE,
          showscale: false,
          xgap: 3,
          ygap: 3,
        },
      ],
      layout: {
        height: 340,
        title: { text: `Confusion matrix: ${model}` },
        xaxis: { showgrid: false, showline: false, ticks: '' },
        yaxis: { showgrid: false, showline: false, ticks: '', autorange: 'reversed' },
      },
    },
  )
}

const shareText = (share: number | null | undefined): string => (typeof share === 'number' ? `${(100 * share).toFixed(1)} %` : 'no rows')
