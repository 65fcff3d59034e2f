import { escapeHtml, type MimeBundle } from './display.js'

/** A table that is made of texts already. */
export interface TextTable {
  readonly title?: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Sentences below it. */
  readonly notes?: readonly string[]
}

/** What a small table shows: aligned text and plain HTML. The room report has richer ones; rooms below it show their results with this. */
export function showTextTable({ title, headings, rows, notes = [] }: TextTable): MimeBundle {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)))
  const lines = [headings, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  const line = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  const caption = title === undefined ? '' : `<caption>${escapeHtml(title)}</caption>`
  const body = rows.map((row) => line('td', row)).join('')
  return {
    'text/plain': [...(title === undefined ? [] : [title]), ...lines, ...notes].join('\n'),
    'text/html': `<table>${caption}<thead>${line('th', headings)}</thead><tbody>${body}</tbody></table>${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('')}`,
  }
}
