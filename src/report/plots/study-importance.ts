import { figure, type Figure } from '../figure.js'
import { seriesColor } from '../palette.js'

/** How much of what the value varies by each parameter accounts for. @param shares by parameter; empty where the trials cannot say */
export function studyImportance(shares: Readonly<Record<string, number>>): Figure {
  const ranked = Object.entries(shares).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return figure(
    'study-importance',
    ranked.length === 0
      ? 'The trials do not say which parameter matters: there are too few of them, or their values are all alike.'
      : 'Share of each parameter in what separates the best trials from the others (PED-ANOVA).',
    {
      data: [
        {
          ...{ type: 'bar', orientation: 'h', showlegend: false },
          y: ranked.map(([name]) => name),
          x: ranked.map(([, share]) => share),
          marker: { color: seriesColor(0) },
          hovertemplate: '%{y}: %{x:.1%}<extra></extra>',
        },
      ],
      layout: {
        height: 160 + 24 * Math.max(1, ranked.length),
        title: { text: 'Which parameters matter' },
        xaxis: { title: { text: 'share of importance' }, tickformat: '.0%', rangemode: 'tozero' },
        yaxis: { autorange: 'reversed', showgrid: false },
      },
    },
  )
}
