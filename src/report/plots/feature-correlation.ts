import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'

/** Blue below zero, red above, white at zero: Brewer's RdBu, safe for colour-blind readers. */
const DIVERGING = [
  [0, '#2166AC'],
  [0.25, '#92C5DE'],
  [0.5, '#F7F7F7'],
  [0.75, '#F4A582'],
  [1, '#B2182B'],
] as const

/** Above this cells are drawn small and names thinned. */
const MANY = 60

/**
 * Correlation of every pair of features.
 * @param matrix row-major, as `correlationMatrix` gives it: values in [-1, 1]; NaN (a constant feature) stays empty
 * @throws LabError `bad-correlation` where the matrix does not have one value for each pair
 */
export function featureCorrelation(names: readonly string[], matrix: Float64Array): Figure {
  const width = names.length
  if (matrix.length !== width * width)
    throw new LabError('bad-correlation', 'The correlation matrix does not match the feature names.', {
      received: `${matrix.length} numbers`,
      expected: `${width} x ${width} numbers`,
      help: 'pass correlationMatrix(X, rows) with X.names',
    })
  return figure(
    'feature-correlation',
    'Correlation of each pair of features; strong colours far from the diagonal are features that say the same.',
    {
      data: [
        {
          type: 'heatmap',
          z: names.map((_, i) => Array.from(matrix.subarray(i * width, (i + 1) * width), (value) => Math.round(value * 1000) / 1000)),
          x: [...names],
          y: [...names],
          zmin: -1,
          zmax: 1,
          // With gaps plotly.js draws every cell; without, one pixel a cell, which some readers blur but which stays light for hundreds of features.
          ...(names.length <= MANY && { xgap: 1, ygap: 1 }),
          colorscale: DIVERGING,
          colorbar: { title: { text: '' }, thickness: 12, outlinewidth: 0, tickvals: [-1, -0.5, 0, 0.5, 1] },
          hovertemplate: '%{y} and %{x}: %{z:.2f}<extra></extra>',
        },
      ],
      layout: {
        height: Math.max(360, 190 + (names.length <= MANY ? 15 : 6) * names.length),
        title: { text: 'Feature correlation' },
        xaxis: { showgrid: false, tickangle: -90, tickmode: 'linear', dtick: Math.ceil(names.length / MANY), tickfont: { size: 10 } },
        yaxis: {
          showgrid: false,
          autorange: 'reversed',
          tickmode: 'linear',
          dtick: Math.ceil(names.length / MANY),
          tickfont: { size: 10 },
        },
      },
    },
  )
}
