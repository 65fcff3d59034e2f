import { writeFileAtomicSync } from '../core/index.js'
import { reportHtml } from './report-html.js'
import type { ReportSpec } from './report-spec.js'

/**
 * Writes a report as one HTML file that opens offline: plotly.js inside, no request to anywhere. The file is there whole or not at all.
 * @returns bytes written.
 * @throws LabError `duplicate-anchor`, `bad-anchor`, `disk-full`, `not-writable`
 */
export function writeReport(path: string, spec: ReportSpec): number {
  const html = Buffer.from(reportHtml(spec), 'utf8')
  writeFileAtomicSync(path, html)
  return html.byteLength
}
