import { existsSync, readFileSync } from 'node:fs'
import { EXIT, LabError, displayPath, projectPath, sha256, stableJson } from '../../core/index.js'
import { cellSource, cellTags, isCode, readNotebook, type Notebook } from '../notebook-file.js'

/** What an exported script says of itself in its first lines. */
export interface ScriptStamp {
  /** Path of the notebook, relative to the project where it lies inside. */
  readonly notebook: string
  /** {@link notebookHash} of the notebook that it was made of. */
  readonly notebookHash: string
  /** Hash of the script below its head, as it was written. */
  readonly scriptHash: string
}

/** How a script and its notebook stand to each other. */
export interface ScriptState {
  readonly notebook: string
  /** Sources, tags or kinds of cells differ from those that the script was made of. */
  readonly notebookChanged: boolean
  readonly notebookMissing: boolean
  /** Somebody has changed the script itself. */
  readonly scriptEdited: boolean
}

const HASH_LENGTH = 16
const STAMP = /^\/\/ Made from (.+) \(notebook ([0-9a-f]{16}), script ([0-9a-f]{16})\)\n/

/** Hash of what decides about the script: sources and tags of the cells. Outputs, execution counts and injected parameters do not count. */
export function notebookHash(notebook: Notebook): string {
  const cells = notebook.cells
    .filter((cell) => !cellTags(cell).includes('injected-parameters'))
    .map((cell) => ({ code: isCode(cell), source: cellSource(cell), tags: [...cellTags(cell)].sort() }))
  return sha256(stableJson(cells)).slice(0, HASH_LENGTH)
}

/** The script with its first line. */
export function stampScript(notebook: Notebook, notebookPath: string, body: string): string {
  const hash = sha256(body).slice(0, HASH_LENGTH)
  return `// Made from ${displayPath(notebookPath)} (notebook ${notebookHash(notebook)}, script ${hash})\n${body}`
}

/** The stamp of a file; undefined where it is no exported script. */
export function readStamp(scriptPath: string): ScriptStamp | undefined {
  const match = existsSync(scriptPath) ? STAMP.exec(readFileSync(scriptPath, 'utf8')) : null
  return match === null ? undefined : { notebook: match[1]!, notebookHash: match[2]!, scriptHash: match[3]! }
}

/**
 * Compares a script with the notebook it was made of, by content: times of files say nothing after a checkout.
 * @param notebookPath where the notebook is now, if not where it was
 * @throws LabError `not-an-export`, and those of readNotebook but for a missing one
 */
export function scriptState(scriptPath: string, notebookPath?: string): ScriptState {
  const stamp = readStamp(scriptPath)
  if (stamp === undefined)
    throw new LabError('not-an-export', 'The file is no exported notebook.', {
      received: existsSync(scriptPath) ? displayPath(scriptPath) : `${displayPath(scriptPath)}, which does not exist`,
      expected: 'a script written by npm run export, with its first line',
      help: 'npm run export -- NOTEBOOK -o FILE',
      exitCode: EXIT.usage,
    })
  const body = readFileSync(scriptPath, 'utf8').replace(STAMP, '')
  const path = notebookPath ?? projectPath(stamp.notebook)
  const missing = !existsSync(path)
  return {
    notebook: displayPath(path),
    notebookMissing: missing,
    notebookChanged: !missing && notebookHash(readNotebook(path)) !== stamp.notebookHash,
    scriptEdited: sha256(body).slice(0, HASH_LENGTH) !== stamp.scriptHash,
  }
}
