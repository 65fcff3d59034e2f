import { isLabError } from '../../core/index.js'
import { readResources, runLabel } from '../../track/index.js'
import { figure, type Figure } from '../figure.js'
import { resourceUse } from '../plots/resource-use.js'

/**
 * Memory and processor load of a run over time, from what it kept of its trainings; undefined where it kept none, or ended before a second sample (one a second).
 * @throws LabError `resources-unreadable`
 */
export function runResourceUse(run: { readonly folder: string }): Figure | undefined {
  const history = readResources(run)
  return history === undefined || history.time.length < 2 ? undefined : resourceUse(history)
}

/** The same of each run of a comparison that has it and can be read, with its letter; beside one another, because they lie at other times. */
export const comparedResources = (runs: readonly { readonly folder: string }[]): Figure[] =>
  runs.flatMap((run, i) => {
    const shown = readable(run)
    if (shown === undefined) return []
    const layout = { ...shown.layout, title: { text: `Resources of ${runLabel(i)}` } }
    return [figure(`${shown.name}-${runLabel(i).toLowerCase()}`, `${runLabel(i)}: ${shown.caption}`, { data: shown.data, layout })]
  })

/** Undefined also where the file is torn: `loadRun` names it among the run's problems. */
function readable(run: { readonly folder: string }): Figure | undefined {
  try {
    return runResourceUse(run)
  } catch (error) {
    if (isLabError(error)) return undefined
    throw error
  }
}
