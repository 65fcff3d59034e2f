import type { Fold } from '../../split/index.js'
import { figure, type Figure } from '../figure.js'
import { counted, formatNumber } from '../format-number.js'
import { PART_COLORS } from '../palette.js'
import { timeAxis, utcTime } from '../utc-time.js'

type Part = 'train' | 'validation' | 'test'
type Shown = Part | 'embargo' | 'purged'
interface Span {
  readonly fold: string
  readonly from: number
  readonly to: number
  readonly rows: number
}

const LABELS: Record<Shown, string> = { train: 'train', validation: 'validation', embargo: 'embargo', purged: 'purged', test: 'test' }
const MARKERS: Record<Shown, Record<string, unknown>> = {
  train: { color: PART_COLORS.train },
  validation: { color: PART_COLORS.validation },
  embargo: { color: PART_COLORS.gap, pattern: { shape: '/', size: 5, solidity: 0.35, fillmode: 'replace' } },
  purged: { color: PART_COLORS.gap },
  test: { color: PART_COLORS.test },
}

/**
 * When each fold trains, validates and tests, one line a fold: each part as its unbroken stretches. The gaps in between hold the bars that were dropped: purged ones, whose label
 * reaches into the part they stand beside, and those of the embargo. A fold knows how many it purged, not where, so each of its gaps shows an equal share of them.
 * Folds may train on both sides of their test blocks. `time`: open time (ms, UTC) of every bar that the folds' row numbers index.
 */
export function foldTimeline(folds: Iterable<Fold>, time: Float64Array): Figure {
  const shown = [...folds]
  const spans: Record<Shown, Span[]> = { train: [], validation: [], embargo: [], purged: [], test: [] }
  for (const fold of shown) {
    const name = `fold ${fold.index + 1}`
    const add = (part: Shown, from: number, to: number, rows: number): void => {
      if (rows > 0) spans[part].push({ fold: name, from: time[from]!, to: time[to]!, rows })
    }
    const stretches = stretchesOf(fold)
    const gaps = stretches.flatMap((after, k) => {
      const before = stretches[k - 1]
      return before !== undefined && before.part !== after.part && after.first - before.last > 1 ? [{ before, after }] : []
    })
    for (const { before, after } of gaps) {
      const [from, to] = [before.last, after.first]
      const purged = Math.min(to - from - 1, Math.round(fold.purged / gaps.length))
      const rest = to - from - 1 - purged
      // Labels reach forward: into the part that follows, or out of the test block that goes before.
      if (before.part === 'test') {
        add('purged', from, from + purged, purged)
        add('embargo', from + purged, to, rest)
      } else {
        add('embargo', from, to - purged, rest)
        add('purged', to - purged, to, purged)
      }
    }
    for (const { part, first, last, rows } of stretches) add(part, first, last, rows)
  }
  const total = (of: (fold: Fold) => number): number => shown.reduce((sum, fold) => sum + of(fold), 0)
  const purgedRows = total(({ purged }) => purged)
  return figure(
    'fold-timeline',
    `${counted(shown.length, 'fold')}; between their parts ${counted(purgedRows, 'row')} ${purgedRows === 1 ? 'was' : 'were'} purged, because their label reaches into the next part, and ${formatNumber(total(({ embargoed }) => embargoed))} more dropped by the embargo.`,
    {
      data: (['train', 'validation', 'embargo', 'purged', 'test'] as const)
        .filter((part) => spans[part].length > 0)
        .map((part) => ({
          type: 'bar',
          orientation: 'h',
          name: LABELS[part],
          y: spans[part].map((span) => span.fold),
          base: spans[part].map((span) => utcTime(span.from)),
          x: spans[part].map((span) => span.to - span.from),
          customdata: spans[part].map((span) => [utcTime(span.from), utcTime(span.to), span.rows]),
          hovertemplate: `%{customdata[0]} to %{customdata[1]}<br>%{customdata[2]} rows<extra>${LABELS[part]}</extra>`,
          marker: MARKERS[part],
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
