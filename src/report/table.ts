import { DISPLAY, escapeHtml, LabError, type Displayable, type MimeBundle } from '../core/index.js'
import { formatNumber } from './format-number.js'
import { MAX_PAGED_ROWS, pagedHtml, pagedRows } from './table-pages.js'

/** A column of a table: the member it shows and how. */
export interface TableColumn {
  readonly key: string
  /** Heading; default the key. */
  readonly label?: string
  /** Significant digits of numbers that are not whole; default the table's. */
  readonly digits?: number
  /** Text of a value, in place of the usual one. */
  readonly format?: (value: unknown) => string
}

/** Title, columns, digits and length of a table. */
export interface TableOptions {
  readonly title?: string
  /** Which columns, in which order; default all members of the first row. */
  readonly columns?: readonly (string | TableColumn)[]
  readonly digits?: number
  /** Rows shown; the rest is counted in a last line, and in a notebook opened by a click below (up to 1,000 rows in all). Default 50. */
  readonly maxRows?: number
  /** How many rows there are, where `data` holds only the first of them. Default: as many as `data`. */
  readonly total?: number
}

/** A table ready to be shown: its cells are texts. */
export interface Table extends Displayable {
  readonly title: string | undefined
  readonly headings: readonly string[]
  /** True for columns of numbers: they are aligned to the right. */
  readonly numeric: readonly boolean[]
  readonly cells: readonly (readonly string[])[]
  /** Rows that were left out. */
  readonly hidden: number
  [DISPLAY](): MimeBundle
}

const MAX_ROWS = 50

/**
 * Makes a table of rows (objects) or of columns (arrays of one length, typed ones too). A missing member is an empty cell, NaN is 'n/a', a Date is UTC.
 * It shows itself as HTML in a notebook, the rows that are left out in pages below, and as aligned text elsewhere.
 * @throws LabError `bad-table` when columns differ in length or a named column does not exist.
 */
export function table(data: readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>, options: TableOptions = {}): Table {
  const { maxRows = MAX_ROWS } = options
  const all = Array.isArray(data)
    ? (data as readonly Record<string, unknown>[])
    : rowsOf(data as Record<string, ArrayLike<unknown>>, Math.max(maxRows, MAX_PAGED_ROWS))
  const total =
    options.total ?? (Array.isArray(data) ? all.length : (Object.values(data as Record<string, ArrayLike<unknown>>)[0]?.length ?? 0))
  const keys = Array.isArray(data) ? Object.keys(all[0] ?? {}) : Object.keys(data)
  const columns = (options.columns ?? keys).map((column): TableColumn => (typeof column === 'string' ? { key: column } : column))
  const unknown = columns.find((column) => all.length > 0 && !all.some((row) => column.key in row))
  if (unknown !== undefined)
    throw new LabError('bad-table', 'The table has no such column.', {
      received: unknown.key,
      expected: `one of ${keys.join(', ')}`,
      help: 'correct the name in columns',
    })
  const cellsOf = (rows: readonly Record<string, unknown>[]): string[][] =>
    rows.map((row) => columns.map((column) => cellText(row[column.key], column, options.digits)))
  const shown = all.slice(0, maxRows)
  const made: Table = {
    title: options.title,
    headings: columns.map((column) => column.label ?? column.key),
    numeric: columns.map(
      (column) =>
        all.length > 0 && all.every((row) => isNumberOrMissing(row[column.key])) && all.some((row) => typeof row[column.key] === 'number'),
    ),
    cells: cellsOf(shown),
    hidden: total - shown.length,
    [DISPLAY]: () => ({
      'text/html': inPages(),
      'text/plain': tableText(made),
    }),
  }
  function inPages(): string {
    const cells = cellsOf(all.slice(shown.length, pagedRows(columns.length, shown.length)))
    if (cells.length === 0) return tableHtml(made)
    const first = tableHtml({ ...made, hidden: 0 })
    const others = tableHtml({ ...made, title: undefined, cells, hidden: 0 })
    return pagedHtml({ first, others, shown: shown.length, listed: shown.length + cells.length, total })
  }
  return made
}

const isNumberOrMissing = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === 'number' || typeof value === 'bigint'

/** The first rows of columns, at most `limit`. */
function rowsOf(columns: Record<string, ArrayLike<unknown>>, limit: number): Record<string, unknown>[] {
  const entries = Object.entries(columns)
  const length = entries[0]?.[1].length ?? 0
  const other = entries.find(([, values]) => values.length !== length)
  if (other !== undefined)
    throw new LabError('bad-table', 'The columns of a table differ in length.', {
      received: `${length} values in ${entries[0]![0]}, ${other[1].length} in ${other[0]}`,
      expected: 'equally many in each',
      help: 'cut the columns to one length',
    })
  return Array.from({ length: Math.min(length, limit) }, (_, row) => Object.fromEntries(entries.map(([key, values]) => [key, values[row]])))
}

function cellText(value: unknown, column: TableColumn, digits: number | undefined): string {
  if (column.format !== undefined) return column.format(value)
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return formatNumber(value, column.digits ?? digits)
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? 'n/a'
      : value
          .toISOString()
          .replace('T', ' ')
          .replace(/(:00)?\.000Z$/, '')
  if (typeof value === 'string') return value
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value)
}

/** Aligned text with a line under the headings. */
export function tableText(shown: Table): string {
  const lines = [shown.headings, ...shown.cells].map((line) => line.map((cell) => cell.replace(/\s+/g, ' ')))
  const widths = shown.headings.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  const render = (line: readonly string[]): string =>
    line
      .map((cell, column) => (shown.numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  const [head, ...body] = lines
  return [
    ...(shown.title === undefined ? [] : [shown.title]),
    render(head!),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...body.map(render),
    ...(shown.hidden > 0 ? [hiddenText(shown)] : []),
  ].join('\n')
}

export interface CellContext {
  readonly column: number
  readonly heading: string
  readonly isHeading: boolean
}

/** HTML of a table; `cell` may replace the (escaped) text of a cell, for example by a link. Attributes carry scope, so that readers announce the heading. */
export function tableHtml(shown: Table, cell: (text: string, context: CellContext) => string = escapeHtml): string {
  const align = (column: number): string => ` style="text-align:${shown.numeric[column] ? 'right' : 'left'}"`
  const head = shown.headings.map(
    (heading, column) => `<th scope="col"${align(column)}>${cell(heading, { column, heading, isHeading: true })}</th>`,
  )
  const body = shown.cells.map((line) => {
    const cells = line.map((text, column) => {
      const content = cell(text, { column, heading: shown.headings[column]!, isHeading: false })
      return column === 0 && !shown.numeric[0] ? `<th scope="row"${align(0)}>${content}</th>` : `<td${align(column)}>${content}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  const caption = shown.title === undefined ? '' : `<caption>${escapeHtml(shown.title)}</caption>`
  const foot = shown.hidden > 0 ? `<tfoot><tr><td colspan="${shown.headings.length}">${hiddenText(shown)}</td></tr></tfoot>` : ''
  return `<table>${caption}<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody>${foot}</table>`
}

const hiddenText = (shown: Table): string => `${formatNumber(shown.hidden)} more ${shown.hidden === 1 ? 'row' : 'rows'}`
