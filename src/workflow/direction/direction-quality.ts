import type { QualityReport } from '../../data/index.js'
import { counted, table, type Table } from '../../report/index.js'

/** What the check of the bars found, for the report: a table of the faults, or a sentence that there are none, which is worth saying too. */
export function qualityParts({ checks }: Pick<QualityReport, 'checks'>): {
  readonly paragraphs: readonly string[]
  readonly tables: readonly Table[]
} {
  const faults = checks.filter(({ found }) => found > 0)
  if (faults.length === 0) return { paragraphs: [`Quality of the bars: no faults found, ${counted(checks.length, 'check')}.`], tables: [] }
  const rows = faults.map(({ title, found, done }) => ({ check: title, found, done }))
  return { paragraphs: [], tables: [table(rows, { title: 'What the quality check found' })] }
}
