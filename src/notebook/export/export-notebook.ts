import { existsSync } from 'node:fs'
import { EXIT, LabError, displayPath, writeFileAtomicSync } from '../../core/index.js'
import { readNotebook } from '../notebook-file.js'
import { planNotebook } from '../steps/notebook-plan.js'
import { notebookModule } from './notebook-module.js'
import { readStamp, scriptState, stampScript } from './script-stamp.js'

/**
 * Writes a notebook as one plain TypeScript script that gives the same results under tsx; parameters come by `-p name=value`. Cells tagged `explore` are left out.
 * @param force replaces a script that somebody has changed, or a file that is no exported script
 * @throws LabError `script-edited`, `not-an-export` where that would lose something; those of readNotebook, planNotebook and notebookModule
 */
export function exportNotebook(notebookPath: string, scriptPath: string, { force = false }: { readonly force?: boolean } = {}): void {
  const notebook = readNotebook(notebookPath)
  planNotebook(notebook)
  if (!force) refuseLoss(notebookPath, scriptPath)
  const text = notebookModule(notebook, { notebookPath, modulePath: scriptPath })
  const head = `// Edit the notebook, not this file. Run: npx tsx ${displayPath(scriptPath)} -p name=value\n`
  writeFileAtomicSync(scriptPath, stampScript(notebook, notebookPath, `${head}${text}`))
}

function refuseLoss(notebookPath: string, scriptPath: string): void {
  if (!existsSync(scriptPath)) return
  const isExport = readStamp(scriptPath) !== undefined
  if (isExport && !scriptState(scriptPath, notebookPath).scriptEdited) return
  throw new LabError(
    isExport ? 'script-edited' : 'not-an-export',
    isExport ? 'The script was changed by hand; exporting would lose that.' : 'There is another file of this name.',
    {
      received: displayPath(scriptPath),
      expected: 'no file, or a script as npm run export wrote it',
      help: 'take the changes into the notebook, then add --force; or -o another file',
      exitCode: EXIT.usage,
    },
  )
}
