import type { Labels } from '../../labels/index.js'
import { figure, type Figure } from '../figure.js'
import { counted } from '../format-number.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import { timeAxis, utcTime } from '../utc-time.js'

const MOST_SPANS = 24

/**
 * Share of labels that are 1, in 24 spans of equally many bars, with the 95 % whiskers of a share counted over that many labels (their overlap in
 * time is not counted in): a base rate that moves with time should be seen before a model is. Bars without a label are left out.
 * `time`: open time of each bar, as many as `labels.y`.
 */
export function labelBalance(labels: Labels, time: Float64Array): Figure {
  const rows = labels.y.length
  const spanCount = Math.min(MOST_SPANS, rows)
  const spans = Array.from({ length: spanCount }, (_, span) => {
    const begin = Math.floor((span * rows) / spanCount)
    const end = Math.floor(((span + 1) * rows) / spanCount)
    const known = labels.y.subarray(begin, end).filter((value) => !Number.isNaN(value))
    const share = known.reduce((sum, value) => sum + value, 0) / known.length
    return {
      middle: (time[begin]! + time[end - 1]!) / 2,
      known: known.length,
      share,
      halfWidth: 1.96 * Math.sqrt((share * (1 - share)) / known.length),
    }
  }).filter((span) => span.known > 0)
  const known = spans.reduce((sum, span) => sum + span.known, 0)
  const share = spans.reduce((sum, span) => sum + span.share * span.known, 0) / known
  const percent = known === 0 ? 'none' : `${(100 * share).toFixed(1)} %`
  const x = spans.map((span) => utcTime(Math.round(span.middle)))
  const level = (y: number, name: string, dash: string): Record<string, unknown> => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x: [x[0] ?? null, x.at(-1) ?? null],
    y: [y, y],
    line: { color: NEUTRAL, dash, width: 1.5 },
    hoverinfo: 'skip',
  })
  return figure(
    'label-balance',
    `${counted(known, 'label')} over ${counted(labels.horizonBars, 'bar')} ahead, ${percent} of them up; ${counted(rows - known, 'bar')} ${rows - known === 1 ? 'has' : 'have'} no label. Each point is 1/${spanCount} of the bars.`,
    {
      data: [
        level(0.5, 'one half', 'dash'),
        level(share, `all: ${percent}`, 'solid'),
        {
          type: 'scatter',
          mode: 'markers',
          name: 'share up',
          x,
          y: spans.map((span) => span.share),
          error_y: { type: 'data', array: spans.map((span) => span.halfWidth), thickness: 1.3, width: 3 },
          customdata: spans.map((span) => span.known),
          marker: { color: seriesColor(0), size: 7 },
          hovertemplate: '%{y:.1%} of %{customdata} labels<extra></extra>',
        },
      ],
      layout: {
        height: 360,
        title: { text: `Labels: ${percent} up` },
        xaxis: timeAxis(),
        yaxis: { title: { text: 'share of labels that are up' }, tickformat: '.0%' },
      },
    },
  )
}
