import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isInFolder, isLabError, projectRoot } from '../../core/index.js'
import type { LoadedRun } from '../../track/index.js'
import { sourceForCopy } from '../batch/executed-notebook.js'
import type { NewCell } from '../notebook-cells.js'
import { readNotebook } from '../notebook-file.js'
import { planNotebook, type PlannedCell } from '../steps/notebook-plan.js'
import { nameSources } from '../steps/step-key.js'

/**
 * The cell at which a run stopped, to be tried again: its code with the imports that it needs, and which cells gave what else it uses. Tagged `explore`: a batch run of the review
 * leaves it out. Empty where the run did not stop in a cell, or its notebook cannot be read.
 * @param path where the review will lie
 */
export function failedCell(run: LoadedRun, path: string): NewCell[] {
  const { status, step } = run.end ?? {}
  const executed = join(run.folder, 'notebook.ipynb')
  if ((status !== 'failed' && status !== 'interrupted') || step?.source === undefined || !existsSync(executed)) return []
  const plan = planOf(executed)
  const cell = plan.find(({ source }) => source === step.source)
  if (cell === undefined) return []
  const { imports, variables } = nameSources(plan, cell, cell)
  const lines = [...imports]
    .filter(([local]) => !cell.imports.has(local))
    .map(([local, { module, exported }]) => importLine(local, module, exported))
  const values = [...variables].map(([name, from]) => `\`${name}\` (cell ${from.number})`)
  return [
    {
      id: 'failed-title',
      markdown: [
        '## The cell, to be tried again',
        values.length === 0 ? 'It uses no values of other cells.' : `It uses values of cells before it: ${values.join(', ')}.`,
        `\`notebook.ipynb\` in the run's folder has them all, with the parameters of the run, and runs as it is up to here.`,
      ].join('\n\n'),
    },
    { id: 'failed', code: sourceForCopy([...lines, step.source].join('\n'), importsFrom(run, executed), dirname(path)), tags: ['explore'] },
  ]
}

/** Where relative imports of the executed notebook start: outside the project, where no notebook runs, they stand as in the notebook that was run. */
function importsFrom({ folder, record }: LoadedRun, executed: string): string {
  return record.notebook === undefined || isInFolder(folder, projectRoot()) ? executed : resolve(projectRoot(), record.notebook)
}

function planOf(path: string): PlannedCell[] {
  try {
    return planNotebook(readNotebook(path))
  } catch (error) {
    // A notebook that was torn, or whose cells are no longer allowed: the error itself is told elsewhere in the review.
    if (isLabError(error)) return []
    throw error
  }
}

function importLine(local: string, module: string, exported: string): string {
  if (exported === '*') return `import * as ${local} from '${module}'`
  if (exported === 'default') return `import ${local} from '${module}'`
  return `import { ${exported === local ? local : `${exported} as ${local}`} } from '${module}'`
}
