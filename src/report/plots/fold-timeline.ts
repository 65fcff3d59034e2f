import type { Fold } from '../../split/index.js'
import { figure, type Figure } from '../figure.js'
import { PART_COLORS } from '../palette.js'
import { timeAxis, utcTime } from '../utc-time.js'

type Part = keyof typeof PART_COLORS
interface Span {
  readonly fold: string
  readonly from: number
  readonly to: number
  readonly rows: number
}

/**
 * When each fold trains, validates and tests, one line a fold. The gaps in between hold the bars that purging and the embargo dropped.
 * `time`: open time (ms, UTC) of every bar that the folds' row numbers index.
 */
export function foldTimeline(folds: readonly Fold[], time: Float64Array): Figure {
  const spans: Record<Part, Span[]> = { train: [], validation: [], gap: [], test: [] }
  for (const fold of folds) {
    const name = `fold ${fold.index + 1}`
    let previousEnd: number | undefined
    for (const part of ['train', 'validation', 'test'] as const) {
      const rows = fold[part]
      if (rows.length === 0) continue
      const first = rows[0]!
      const last = rows[rows.length - 1]!
      if (previousEnd !== undefined && first - previousEnd > 1)
        spans.gap.push({ fold: name, from: time[previousEnd]!, to: time[first]!, rows: first - previousEnd - 1 })
      spans[part].push({ fold: name, from: time[first]!, to: time[last]!, rows: rows.length })
      previousEnd = last
    }
  }
  const label: Record<Part, string> = { train: 'train', validation: 'validation', gap: 'purged and embargo', test: 'test' }
  const dropped = folds.reduce((sum, fold) => sum + fold.purged + fold.embargoed, 0)
  return figure(
    'fold-timeline',
    `${folds.length} walk-forward folds; ${dropped} rows were dropped between their parts, so that no label reaches into a later part.`,
    {
      data: (['train', 'validation', 'gap', 'test'] as const)
        .filter((part) => spans[part].length > 0)
        .map((part) => ({
          type: 'bar',
          orientation: 'h',
          name: label[part],
          y: spans[part].map((span) => span.fold),
          base: spans[part].map((span) => utcTime(span.from)),
          x: spans[part].map((span) => span.to - span.from),
          customdata: spans[part].map((span) => [utcTime(span.from), utcTime(span.to), span.rows]),
          hovertemplate: `%{customdata[0]} to %{customdata[1]}<br>%{customdata[2]} rows<extra>${label[part]}</extra>`,
          marker: { color: PART_COLORS[part] },
        })),
      layout: {
        height: Math.max(240, 130 + 34 * folds.length),
        title: { text: 'Walk-forward folds' },
        barmode: 'overlay',
        bargap: 0.35,
        xaxis: timeAxis(),
        yaxis: { autorange: 'reversed', showgrid: false },
      },
    },
  )
}
