import { runLabel, type LoadedRun } from '../../track/index.js'
import { figure, type Figure } from '../figure.js'
import { resourceUse } from '../plots/resource-use.js'

/** Memory and processor load of a run over time, from what it kept of its trainings; undefined where it kept none, or ended before a second sample (one a second). */
export const runResourceUse = ({ resources }: Pick<LoadedRun, 'resources'>): Figure | undefined =>
  resources === undefined || resources.time.length < 2 ? undefined : resourceUse(resources)

/** The same of each run of a comparison that has it, with its letter; beside one another, because they lie at other times. */
export const comparedResources = (runs: readonly LoadedRun[]): Figure[] =>
  runs.flatMap((run, i) => {
    const shown = runResourceUse(run)
    if (shown === undefined) return []
    const layout = { ...shown.layout, title: { text: `Resources of ${runLabel(i)}` } }
    return [figure(`${shown.name}-${runLabel(i).toLowerCase()}`, `${runLabel(i)}: ${shown.caption}`, { data: shown.data, layout })]
  })
