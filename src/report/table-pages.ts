import { formatNumber } from './format-number.js'

/** What a notebook keeps of a long table: enough to look around in, little enough to save. */
export const MAX_PAGED_ROWS = 1000
const MAX_CELLS = 4000

/** How many rows of so many columns a notebook gets in all; never fewer than `shown`. */
export const pagedRows = (columns: number, shown: number): number =>
  Math.max(shown, Math.min(MAX_PAGED_ROWS, Math.floor(MAX_CELLS / Math.max(1, columns))))

export interface TablePages {
  /** HTML of the first rows, and of the rows that come next, both with headings. */
  readonly first: string
  readonly others: string
  /** How many rows the first has, how many both have, and how many there are. */
  readonly shown: number
  readonly listed: number
  readonly total: number
}

/**
 * HTML of a long table for a notebook: its first rows, and below them one line that opens the others in a window that scrolls. Plain HTML without scripts or style
 * sheets: it works where the notebook is not trusted, and where styles are taken out (GitHub) the others unfold below.
 */
export function pagedHtml({ first, others, shown, listed, total }: TablePages): string {
  const range = `Rows ${formatNumber(shown + 1)} to ${formatNumber(listed)} of ${formatNumber(total)}`
  const sticky = others.replaceAll('<th scope="col" style="', `<th scope="col" style="${STICKY}`)
  const beyond =
    listed === total
      ? ''
      : `<div>Rows from ${formatNumber(listed + 1)} on are not in this output: cut the data before it is shown, for example with <code>.slice(${listed})</code>.</div>`
  return `${first}<details><summary>${range}</summary><div style="max-height:400px;overflow:auto">${sticky}</div>${beyond}</details>`
}

/** The background hides the rows that pass below the headings: that of JupyterLab or VS Code, light or dark. */
const STICKY = 'position:sticky;top:0;background:var(--jp-layout-color0,var(--vscode-editor-background,transparent));'
