import { displayPath, writeFileAtomicSync } from '../core/index.js'
import { readNotebook } from './notebook-file.js'
import { notebookModule } from './notebook-module.js'

/**
 * Writes a notebook as one plain TypeScript script that gives the same results under tsx; parameters come by `-p name=value`.
 * @throws LabError of readNotebook and notebookModule
 */
export function exportNotebook(notebookPath: string, scriptPath: string): void {
  const text = notebookModule(readNotebook(notebookPath), { notebookPath, modulePath: scriptPath })
  writeFileAtomicSync(
    scriptPath,
    `// Made from ${displayPath(notebookPath)} by npm run export; edit the notebook, not this file.\n// Run: npx tsx ${displayPath(scriptPath)} -p name=value\n${text}`,
  )
}
