import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'
import { counted, formatNumber } from '../format-number.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import { slug } from '../slug.js'
import { evenly, VALUE_SCALE, type ShapFigureInput } from './shap-summary.js'

export interface ShapDependenceOptions {
  /** Colour the points by another feature: where two points over one value differ in colour and height, the two features act together. */
  readonly colorBy?: string
  /** Most points shown, evenly by the feature's value; default 1500. */
  readonly points?: number
}

/** What one feature adds to the prediction, against its own value: the shape that the model learned. @throws LabError `unknown-feature` */
export function shapDependence(
  { model, names, values, featureValues, unit = 'log-odds' }: ShapFigureInput,
  feature: string,
  { colorBy, points = 1500 }: ShapDependenceOptions = {},
): Figure {
  const column = (name: string): number => {
    const j = names.indexOf(name)
    if (j >= 0) return j
    throw new LabError('unknown-feature', 'There are no SHAP values of this feature.', {
      received: name,
      expected: names.join(', '),
      help: 'correct the name',
    })
  }
  const width = names.length
  const [j, other] = [column(feature), colorBy === undefined ? undefined : column(colorBy)]
  const at = (of: Float64Array, row: number, k: number): number => of[row * width + k]!
  const rows = values.length / width
  const known = Array.from({ length: rows }, (_, i) => i).filter((i) => Number.isFinite(at(featureValues, i, j)))
  const kept = evenly(
    known.sort((a, b) => at(featureValues, a, j) - at(featureValues, b, j) || a - b),
    points,
  )
  const colors = other === undefined ? undefined : kept.map((i) => at(featureValues, i, other))
  const finite = [...(colors ?? [])].filter(Number.isFinite).sort((a, b) => a - b)
  // The outer twentieths share a colour, so that a few extremes do not take all of the scale.
  const [low, high] = [finite[Math.floor(0.05 * finite.length)] ?? 0, finite[Math.ceil(0.95 * finite.length) - 1] ?? 1]
  const missing =
    rows === known.length
      ? ''
      : `; ${counted(rows - known.length, 'row')} without a value ${rows - known.length === 1 ? 'is' : 'are'} left out`
  return figure(
    `shap-${slug(feature)}-${slug(model)}`,
    `What ${feature} adds to the predictions of ${model} at each of its values${colorBy === undefined ? '' : `, coloured by ${colorBy}`}: ${formatNumber(kept.length)} of ${counted(rows, 'row')}${missing}.`,
    {
      data: [
        {
          type: 'scatter',
          mode: 'markers',
          name: feature,
          x: kept.map((i) => at(featureValues, i, j)),
          y: kept.map((i) => at(values, i, j)),
          showlegend: false,
          marker: {
            size: 5,
            opacity: 0.7,
            ...(colors === undefined
              ? { color: seriesColor(0) }
              : {
                  color: colors.map((value) => (Number.isFinite(value) ? value : null)),
                  colorscale: VALUE_SCALE,
                  cmin: low,
                  cmax: high,
                  colorbar: { title: { text: colorBy, side: 'right' }, thickness: 12 },
                }),
          },
          hovertemplate: `${feature} %{x:.4g}: adds %{y:.4f}<extra></extra>`,
        },
      ],
      layout: {
        height: 400,
        title: { text: `SHAP dependence: ${feature}` },
        xaxis: { title: { text: feature } },
        yaxis: { title: { text: `added to the prediction (${unit})` }, zeroline: true, zerolinecolor: NEUTRAL },
      },
    },
  )
}
