import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { displayPath, EXIT, isInFolder, LabError, projectPath, projectRoot, runsFolder, writeFileAtomicSync } from '../../core/index.js'
import { loadRun, type LoadedRun } from '../../track/index.js'
import { isUnedited, makeNotebook } from '../notebook-cells.js'
import { readNotebook, type Notebook } from '../notebook-file.js'
import { failedCell } from './failed-cell.js'
import { reviewCells } from './review-cells.js'

/**
 * A notebook that takes a run up again: its record, its data, predictions and fitted models, with plots. Of a run that did not end well it says where it stopped and why, and
 * reloads what is there: cells for what the run does not have are left out.
 * @param path where it will lie: its imports are relative
 */
export function reviewNotebook(run: LoadedRun, path: string): Notebook {
  const face = relative(dirname(path), projectPath('src', 'index.js')).split('\\').join('/')
  // The short id reads better; a run that lies elsewhere is found by its folder.
  const named = dirname(run.folder) === runsFolder() ? run.id : run.folder
  return makeNotebook([...reviewCells(run, { face: face.startsWith('.') ? face : `./${face}`, named }), ...failedCell(run, path)])
}

/** Where the review notebook of a run lies by default: in its folder; in the project's `runs/` where the runs are kept elsewhere, since a notebook can import src/ only from inside the project. */
export function reviewPath({ id, folder }: { readonly id: string; readonly folder: string }): string {
  return isInProject(folder) ? join(folder, 'review.ipynb') : projectPath('runs', `review-${id}.ipynb`)
}

const isInProject = (path: string): boolean => isInFolder(path, projectRoot())

/**
 * Writes the review notebook of a run, by default at {@link reviewPath}.
 * @returns its path
 * @throws LabError `review-changed` where a notebook with changes of your own lies there, `outside-project`; those of `loadRun`; `not-writable`, `disk-full`
 */
export async function writeReviewNotebook(idOrFolder: string, output?: string): Promise<string> {
  const run = await loadRun(idOrFolder)
  const path = resolve(output ?? reviewPath(run))
  if (!isInProject(path))
    throw new LabError('outside-project', 'A notebook outside the project could not import its src/.', {
      received: path,
      expected: `a path below ${projectRoot()}`,
      help: `npm run runs -- open ${run.id}`,
      exitCode: EXIT.usage,
    })
  if (existsSync(path) && !mayReplace(path))
    throw new LabError('review-changed', 'A notebook with changes of your own is already there.', {
      received: displayPath(path),
      expected: 'no file, or a review notebook that nobody has changed',
      help: `npm run runs -- open ${run.id} -o another.ipynb`,
      exitCode: EXIT.usage,
    })
  writeFileAtomicSync(path, `${JSON.stringify(reviewNotebook(run, path), null, 1)}\n`)
  return path
}

function mayReplace(path: string): boolean {
  try {
    return isUnedited(readNotebook(path))
  } catch {
    // Not a notebook (any more): whatever it is, it is not ours to replace.
    return false
  }
}
