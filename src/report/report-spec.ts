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
  readonly glossary?: readonly GlossaryEntry[]
  /** Moment shown in the footer, as it is; left out where a report must be the same each time. */
  readonly generatedAt?: string
}

export interface ReportVerdict {
  /** `comparison`: no judgement, several runs side by side. */
  readonly kind: 'edge' | 'no-edge' | 'failed' | 'comparison'
  readonly headline: string
  readonly sentences: readonly string[]
}

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

export interface GlossaryEntry {
  readonly term: string
  readonly definition: string
  /** Other words for it in tables and texts. */
  readonly aliases?: readonly string[]
}
