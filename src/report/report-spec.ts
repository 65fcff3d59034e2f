import type { Figure } from './figure.js'
import type { Table } from './table.js'

/** Everything that a report says; plain data apart from figures and tables. */
export interface ReportSpec {
  readonly title: string
  readonly subtitle?: string
  readonly verdict: ReportVerdict
  /** Key figures, label and value; a label that is a term of the glossary links to its definition. */
  readonly facts: readonly (readonly [label: string, value: string | number])[]
  readonly sections: readonly ReportSection[]
  /** The page defines those that something on it leads to; the others are left out. */
  readonly glossary?: readonly GlossaryEntry[]
  /** Moment shown in the footer, as it is; left out where a report must be the same each time. */
  readonly generatedAt?: string
}

/** What stands at the top of a report. */
export interface ReportVerdict {
  /** `edge-fails-gates`: found, but of no model that passes promotion. `comparison`: no judgement, several runs side by side. */
  readonly kind: 'edge' | 'edge-fails-gates' | 'edge-lost-to-fees' | 'no-edge' | 'failed' | 'comparison'
  readonly headline: string
  readonly sentences: readonly string[]
}

/** One part of a report. */
export interface ReportSection {
  /** Anchor: lower case words joined by hyphens, once in a report. */
  readonly id: string
  readonly title: string
  /** Text with `**bold**`, `` `code` `` and `[words](#anchor)`; lines that begin with "- " make a list. */
  readonly paragraphs?: readonly string[]
  readonly tables?: readonly Table[]
  readonly figures?: readonly Figure[]
  /** Figures side by side where the screen is wide enough; default 1. */
  readonly figuresPerRow?: 1 | 2 | 3
}

/** A term that the report explains. */
export interface GlossaryEntry {
  readonly term: string
  readonly definition: string
  /** Other words for it in tables and texts. */
  readonly aliases?: readonly string[]
  /** Too common a word to be a link wherever a text has it: only headings, names of rows and key figures lead to it. */
  readonly onlyLabels?: boolean
}
