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
 * When each fold trains, validates and tests, one line a fold: each part as its unbroken stretches. The gaps in between hold the bars that purging and the embargo
 * dropped. Folds may train on both sides of their test blocks. `time`: open time (ms, UTC) of every bar that the folds' row numbers index.
 */
export function foldTimeline(folds: Iterable<Fold>, time: Float64Array): Figure {
  const shown = [...folds]
  const spans: Record<Part, Span[]> = { train: [], validation: [], gap: [], test: [] }
  for (const fold of shown) {
    const name = `fold ${fold.index + 1}`
    const stretches = stretchesOf(fold)
    for (const [k, { part, first, last, rows }] of stretches.entries()) {
      const before = stretches[k - 1]
      if (before !== undefined && before.part !== part && first - before.last > 1)
        spans.gap.push({ fold: name, from: time[before.last]!, to: time[first]!, rows: first - before.last - 1 })
      spans[part].push({ fold: name, from: time[first]!, to: time[last]!, rows })
    }
  }
  const label: Record<Part, string> = { train: 'train', validation: 'validation', gap: 'purged and embargo', test: 'test' }
  const dropped = shown.reduce((sum, fold) => sum + fold.purged + fold.embargoed, 0)
  return figure(
    'fold-timeline',
    `${shown.length} folds; ${dropped} rows were dropped between their parts, so that no training label reaches into a test block.`,
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
        height: Math.max(240, 130 + 34 * shown.length),
        title: { text: 'Folds' },
        barmode: 'overlay',
        bargap: 0.35,
        xaxis: timeAxis(),
        yaxis: { autorange: 'reversed', showgrid: false },
      },
    },
  )
}

interface Stretch {
  readonly part: Part
  readonly first: number
  last: number
  rows: number
}

/** The parts in the order of their rows: a part is one stretch until rows of another part lie between. */
function stretchesOf(fold: Fold): Stretch[] {
  const stretches: Stretch[] = []
  const parts = (['train', 'validation', 'test'] as const).map((part) => ({ part, rows: fold[part], at: 0 }))
  for (;;) {
    const next = parts.filter(({ rows, at }) => at < rows.length).sort((a, b) => a.rows[a.at]! - b.rows[b.at]!)[0]
    if (next === undefined) return stretches
    const row = next.rows[next.at++]!
    const open = stretches.at(-1)
    if (open?.part !== next.part) stretches.push({ part: next.part, first: row, last: row, rows: 1 })
    else {
      open.last = row
      open.rows += 1
    }
  }
}
