import { DISPLAY, escapeHtml, type Displayable, type MimeBundle } from '../core/index.js'
import type { QualityPolicy } from './quality-policy.js'

/** One check: how often the fault was met and what was done. */
export interface QualityCheck {
  readonly check: keyof QualityPolicy
  /** The fault in words. */
  readonly title: string
  readonly found: number
  readonly policy: string
  /** What was done, with numbers: 'dropped 3 rows'. Empty where nothing was found. */
  readonly done: string
  /** Open times (ISO, UTC) of the first few. */
  readonly examples: readonly string[]
}

/** Open times (ISO, UTC) of the first and last missing bar. */
export interface GapNote {
  readonly from: string
  readonly to: string
  readonly missingBars: number
  readonly unexpectedBars: number
}

export interface GapSummary {
  readonly gaps: number
  readonly missingBars: number
  /** Gaps with at least one bar missing although the market was open, as far as the series shows. */
  readonly unexpectedGaps: number
  readonly unexpectedBars: number
  /** The longest gap of all, closed markets included; undefined where there is none. */
  readonly longest: GapNote | undefined
  /** The gaps with the most unexpectedly missing bars, at most 5. */
  readonly worst: readonly GapNote[]
}

/** What was wrong with the bars of a source and what was done about it. Shows itself as a table. */
export interface QualityReport extends Displayable {
  readonly symbol: string
  readonly timeframe: string
  readonly rowsRead: number
  readonly rowsKept: number
  readonly order: 'oldest first' | 'newest first' | 'unsorted'
  readonly checks: readonly QualityCheck[]
  readonly gaps: GapSummary
  /** Volume is NaN in every bar: the source has none. */
  readonly hasVolume: boolean
  readonly notes: readonly string[]
}

/** Adds the display to the plain values. */
export function qualityReport(report: Omit<QualityReport, typeof DISPLAY>): QualityReport {
  return { ...report, [DISPLAY]: () => bundle(report) }
}

function bundle(report: Omit<QualityReport, typeof DISPLAY>): MimeBundle {
  const faults = report.checks.filter((check) => check.found > 0)
  const lines = [headline(report), gapLine(report.gaps), ...report.notes]
  const clean = faults.length === 0 ? 'no faults found' : `${faults.length} of ${report.checks.length} checks found something`
  const text = [
    `Quality of ${report.symbol} ${report.timeframe}: ${clean}`,
    ...lines.map((line) => `  ${line}`),
    ...faults.map((f) => `  ${f.title}: ${f.found}, ${f.done}${f.examples.length > 0 ? ` (${f.examples.join(', ')})` : ''}`),
  ]
  const rows = faults.map((f) => [f.title, String(f.found), f.done, f.examples.join(', ')])
  const cell = (tag: string, value: string): string => `<${tag} style="text-align:left;padding:2px 10px">${escapeHtml(value)}</${tag}>`
  const row = (tag: string, values: readonly string[]): string => `<tr>${values.map((value) => cell(tag, value)).join('')}</tr>`
  const table =
    rows.length === 0
      ? ''
      : `<table>${row('th', ['found', 'count', 'done', 'for example'])}${rows.map((r) => row('td', r)).join('')}</table>`
  const html = `<div><b>Quality of ${escapeHtml(`${report.symbol} ${report.timeframe}`)}</b>: ${clean}${lines.map((l) => `<br>${escapeHtml(l)}`).join('')}${table}</div>`
  return { 'text/plain': text.join('\n'), 'text/html': html }
}

function headline(report: Omit<QualityReport, typeof DISPLAY>): string {
  const kept =
    report.rowsRead === report.rowsKept ? `${report.rowsRead} bars` : `${report.rowsRead} rows read, ${report.rowsKept} bars kept`
  return `${kept}, file ${report.order}${report.hasVolume ? '' : ', the source has no volume (NaN)'}`
}

function gapLine(gaps: GapSummary): string {
  if (gaps.gaps === 0) return 'no gaps'
  const closed = gaps.gaps - gaps.unexpectedGaps
  const longest = `longest ${gaps.longest!.missingBars} bars from ${gaps.longest!.from}`
  const unexpected = gaps.unexpectedGaps === 0 ? 'none unexpected' : `${gaps.unexpectedGaps} unexpected (${gaps.unexpectedBars} bars)`
  const worst = gaps.worst.length === 0 ? '' : `: ${gaps.worst.map((gap) => `${gap.unexpectedBars} from ${gap.from}`).join(', ')}`
  return `${gaps.gaps} gap${gaps.gaps === 1 ? '' : 's'}, ${closed} taken as market closures, ${unexpected}${worst}; ${longest}`
}
