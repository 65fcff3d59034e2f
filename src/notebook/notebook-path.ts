import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EXIT, LabError, displayPath, nearestName, projectPath } from '../core/index.js'

/** Stops where no file lies at a path that should be a notebook's. @throws LabError `notebook-missing`, with the nearest one that there is */
export function checkNotebookPath(path: string): void {
  if (existsSync(path) && statSync(path).isFile()) return
  throw new LabError('notebook-missing', 'There is no such notebook.', {
    received: displayPath(path),
    expected: 'the path of an .ipynb file',
    help: nearestNotebook(path) ?? 'npm run pipeline -- notebooks/direction.ipynb',
    exitCode: EXIT.usage,
  })
}

/** Looks in the folder that was named, then among the notebooks of the project. */
function nearestNotebook(path: string): string | undefined {
  for (const folder of [dirname(path), projectPath('notebooks')]) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) continue
    const names = readdirSync(folder).flatMap((name) => (name.endsWith('.ipynb') ? [basename(name, '.ipynb')] : []))
    const near = nearestName(basename(path).replace(/\.[a-z]*$/i, ''), names)
    if (near !== undefined) return `did you mean ${displayPath(join(folder, `${near}.ipynb`))}?`
  }
  return undefined
}
