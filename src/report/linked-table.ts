import { escapeHtml } from '../core/index.js'
import type { Glossary } from './glossary.js'
import type { GlossaryEntry } from './report-spec.js'
import { tableHtml, type Table } from './table.js'

const BEGINS_AS_NUMBER = /^[−+-]?\d/

/**
 * A table whose headings, names of rows and numbers lead to their definitions. A number means what its heading says; where that is no term (a column for each run), what a text
 * left of it says; where there is none, what the title says.
 */
export function linkedTableHtml(shown: Table, glossary: Glossary): string {
  const ofTitle = glossary.find(shown.title ?? '')
  // Cells come line by line, each from left to right.
  let ofRow: GlossaryEntry | undefined
  return tableHtml(shown, (text, { heading, isHeading, column }) => {
    if (text === '') return ''
    if (column === 0) ofRow = undefined
    const ofHeading = glossary.find(heading)
    if (isHeading) return ofHeading === undefined ? escapeHtml(text) : glossary.link(text, ofHeading, true)
    const isNumber = shown.numeric[column] || BEGINS_AS_NUMBER.test(text)
    if (!isNumber && !(ofHeading !== undefined && /\d/.test(text))) {
      const own = glossary.find(text)
      ofRow = own ?? ofRow
      return own === undefined ? escapeHtml(text) : glossary.link(text, own, true)
    }
    const entry = ofHeading ?? ofRow ?? ofTitle
    return entry === undefined ? escapeHtml(text) : glossary.link(text, entry, false)
  })
}
