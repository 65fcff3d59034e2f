import { DISPLAY, escapeHtml, type MimeBundle } from '../core/index.js'

export interface WarmupColumn {
  readonly column: string
  /** Largest change over the anchors for each start-up, in standard deviations of the column. */
  readonly changes: readonly number[]
  /** The smallest start-up that is enough; null where none of them is. */
  readonly startupBars: number | null
}

/** How long a history each column needs. Shows itself as a table of those that need more than the shortest start-up. */
export interface WarmupReport {
  readonly subject: string
  readonly startups: readonly number[]
  readonly tolerance: number
  readonly anchors: number
  readonly columns: readonly WarmupColumn[]
  /** Start-up that is enough for every column; null where some column needs more than was tried. */
  readonly startupBars: number | null
  [DISPLAY](): MimeBundle
}

type Facts = Omit<WarmupReport, typeof DISPLAY>

/** Adds the start-up that is enough for all columns (null where one has none) and a display to the facts. */
export function warmupReport(facts: Omit<Facts, 'startupBars'>): WarmupReport {
  const startupBars = facts.columns.reduce<number | null>(
    (most, column) => (most === null || column.startupBars === null ? null : Math.max(most, column.startupBars)),
    facts.startups[0]!,
  )
  const report = { ...facts, startupBars }
  return { ...report, [DISPLAY]: () => ({ 'text/plain': warmupText(report), 'text/html': warmupHtml(report) }) }
}

const order = ({ startupBars }: WarmupColumn): number => startupBars ?? Infinity

/** Columns that need more than the shortest start-up, the neediest first. */
const needy = ({ columns, startups }: Facts): WarmupColumn[] =>
  columns.filter((column) => column.startupBars !== startups[0]).sort((a, b) => (order(a) === order(b) ? 0 : order(b) - order(a)))

function headline(facts: Facts): string {
  const { subject, startups, startupBars, tolerance, anchors, columns } = facts
  const never = columns.filter((column) => column.startupBars === null).length
  const all =
    startupBars === null
      ? `${never} of ${columns.length} columns need more than ${startups.at(-1)} bars`
      : `${startupBars} bars are enough for all ${columns.length} columns`
  return `Start-up of ${subject}: ${all} (change of at most ${tolerance} standard deviations at ${anchors} rows).`
}

/** '1.2e-5'; nothing where it is no change at all. */
const changeText = (change: number): string => (change === 0 ? '0' : Number.isFinite(change) ? change.toExponential(1) : 'missing')

function tableOf(facts: Facts): string[][] {
  const head = ['column', 'bars', ...facts.startups.map((bars) => `after ${bars}`)]
  const body = needy(facts).map(({ column, changes, startupBars }) => [
    column,
    startupBars === null ? `over ${facts.startups.at(-1)}` : String(startupBars),
    ...changes.map(changeText),
  ])
  return [head, ...body]
}

const restText = (facts: Facts): string => `${facts.columns.length - needy(facts).length} columns: ${facts.startups[0]} bars are enough.`

function warmupText(facts: Facts): string {
  const lines = tableOf(facts)
  const widths = lines[0]!.map((_, k) => Math.max(...lines.map((line) => line[k]!.length)))
  const shown =
    lines.length === 1
      ? []
      : lines.map((line) => `  ${line.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join('  ')}`)
  return [headline(facts), ...shown, `  ${restText(facts)}`].join('\n')
}

function warmupHtml(facts: Facts): string {
  const [head, ...body] = tableOf(facts)
  const row = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell, k) => `<${tag} style="text-align:${k === 0 ? 'left' : 'right'};padding:2px 10px">${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  const shown = body.length === 0 ? '' : `<table>${row('th', head!)}${body.map((cells) => row('td', cells)).join('')}</table>`
  return `<div><b>${escapeHtml(headline(facts))}</b>${shown}${escapeHtml(restText(facts))}</div>`
}
