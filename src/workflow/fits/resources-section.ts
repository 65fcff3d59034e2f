import { runResourceUse, type ReportSection } from '../../report/index.js'
import { readResources } from '../../track/index.js'

/** What the fits of a run took over time, as a section of its report; none where the run kept too little for a curve. @throws LabError `resources-unreadable` */
export function resourcesSection(run: { readonly folder: string }): ReportSection[] {
  const shown = runResourceUse({ resources: readResources(run) })
  if (shown === undefined) return []
  const note =
    'This process and the workers of its fits together, looked at once a second; the load is that of all programs on the machine.'
  return [{ id: 'resources', title: 'Memory and processors', paragraphs: [note], figures: [shown] }]
}
