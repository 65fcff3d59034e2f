import { existsSync, readdirSync } from 'node:fs'
import { basename, relative, sep } from 'node:path'
import { displayPath, EXIT, LabError, nearestName, projectPath, writeJsonAtomicSync } from '../core/index.js'
import { fromTemplate, titleOf } from './kernel/jupyter/labextensions/barlab-launcher/static/from-template.mjs'
import { readNotebook } from './notebook-file.js'

export interface NotebookTemplate {
  readonly name: string
  readonly path: string
  /** Its first heading. */
  readonly title: string
}

/** What a new notebook can begin as: `blank`, and every notebook of notebooks/. */
export function notebookTemplates(): NotebookTemplate[] {
  const shipped = readdirSync(projectPath('notebooks'))
    .filter((file) => file.endsWith('.ipynb'))
    .sort()
  const paths = [projectPath('src/notebook/templates/blank.ipynb'), ...shipped.map((file) => projectPath('notebooks', file))]
  return paths.map((path) => ({ name: basename(path, '.ipynb'), path, title: titleOf(readNotebook(path)) }))
}

/**
 * Writes `notebooks/<name>.ipynb` from a template: without outputs, with the name as its heading, in its commands and as what its runs are called.
 * @returns its path
 * @throws LabError `bad-notebook-name`, `notebook-exists`, `unknown-template`
 */
export function newNotebook(name: string, template = 'blank'): string {
  const refuse = (code: string, message: string, received: string, expected: string, help: string): LabError =>
    new LabError(code, message, { received, expected, help, exitCode: EXIT.usage })
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw refuse(
      'bad-notebook-name',
      'The name becomes a file and the name of its runs.',
      name,
      'lower case words joined by hyphens',
      'npm run new -- my-study',
    )
  const templates = notebookTemplates()
  const from = templates.find((one) => one.name === template)
  if (from === undefined)
    throw refuse(
      'unknown-template',
      'There is no such template.',
      template,
      templates.map((one) => one.name).join(', '),
      `did you mean ${
        nearestName(
          template,
          templates.map((one) => one.name),
        ) ?? 'blank'
      }?`,
    )
  const path = projectPath('notebooks', `${name}.ipynb`)
  if (existsSync(path))
    throw refuse('notebook-exists', 'There is a notebook of this name.', displayPath(path), 'another name', 'nothing was written')
  writeJsonAtomicSync(path, fromTemplate(readNotebook(from.path), fromRoot(from.path), fromRoot(path)))
  return path
}

const fromRoot = (path: string): string => relative(projectPath(), path).split(sep).join('/')
