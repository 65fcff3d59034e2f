import type { FeatureMatrix } from '../../preprocess/index.js'
import { figure, type Figure } from '../figure.js'
import { counted } from '../format-number.js'
import { seriesColor } from '../palette.js'
import { timeAxis, utcTimes } from '../utc-time.js'

export interface FeaturePanelsOptions {
  /** Only the newest rows; default 300. */
  readonly last?: number
  /** Title of the figure. */
  readonly title?: string
}

const PANEL_HEIGHT = 96
/** Share of a panel's height that its name takes. */
const LABEL_SHARE = 0.22

/** Columns of a feature matrix under each other over one time axis, one panel each: what a feature looks like. */
export function featurePanels(
  X: FeatureMatrix,
  names: readonly string[] = X.names,
  { last = 300, title = 'Features' }: FeaturePanelsOptions = {},
): Figure {
  const from = Math.max(0, X.rows - last)
  const x = utcTimes(X.time.subarray(from))
  const width = X.names.length
  const share = 1 / names.length
  const axis = (k: number): string => (k === 0 ? '' : String(k + 1))
  const axes = Object.fromEntries(
    names.map((_, k) => [
      `yaxis${axis(k)}`,
      { domain: [1 - (k + 0.97) * share, 1 - (k + LABEL_SHARE) * share], nticks: 3, zeroline: false, tickfont: { size: 9 } },
    ]),
  )
  return figure('feature-panels', `${counted(names.length, 'feature')} over ${counted(X.rows - from, 'bar')}; gaps are missing values.`, {
    data: names.map((name, k) => {
      const column = X.names.indexOf(name)
      return {
        type: 'scatter',
        mode: 'lines',
        name,
        x,
        y: Array.from({ length: X.rows - from }, (_, i) => X.values[(from + i) * width + column]!),
        yaxis: `y${axis(k)}`,
        line: { color: seriesColor(k), width: 1.2 },
        showlegend: false,
      }
    }),
    layout: {
      height: 110 + PANEL_HEIGHT * names.length,
      title: { text: title },
      hovermode: 'x unified',
      xaxis: { ...timeAxis(), anchor: `y${axis(names.length - 1)}` },
      ...axes,
      annotations: names.map((name, k) => ({
        text: name,
        xref: 'paper',
        yref: 'paper',
        x: 0.005,
        y: 1 - (k + LABEL_SHARE) * share,
        xanchor: 'left',
        yanchor: 'bottom',
        showarrow: false,
        font: { size: 11 },
      })),
    },
  })
}
