import { statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { tmpdir } from 'node:os'
import { displayPath, isInFolder, projectPath, projectRoot, runsFolder, sha256File } from '../../core/index.js'
import { cacheFolder, venvFolder } from '../../native/installed.js'
import type { CellUse } from '../kernel/protocol.js'

/** What a file held when a step read it: SHA-256, `folder`, or `absent`. Names that begin with `run:` are files of the run itself. */
export type InputFiles = Readonly<Record<string, string>>

const SYSTEM_FOLDERS = ['/proc', '/sys', '/dev']
const IN_RUN = 'run:'

/**
 * The files that decide about a step, with what they hold. Not among them: what it wrote itself, its products, packages, source code (its hash counts elsewhere) and what set-up built.
 * Paths inside the project are relative to it.
 * @param products files that the step left in the run folder
 * @param code files of the project behind the step: what they read when they were loaded counts too
 * @returns the files, or the first that is not any more what the step has read
 */
export async function readInputs(
  { read, byModules, written, texts }: CellUse,
  runFolder: string,
  products: readonly string[],
  code: ReadonlyMap<string, string>,
): Promise<{ readonly inputs: InputFiles } | { readonly changed: string }> {
  // The folders of its products are its own too.
  const made = products.flatMap((file) => file.split(sep).map((_, i, parts) => join(runFolder, ...parts.slice(0, i + 1))))
  const own = new Set([...written, ...made, ...Object.keys(texts)])
  const ofModules = byModules.filter(([module]) => code.has(module)).map(([, path, state]) => [path, state] as const)
  const files = [...read, ...ofModules].filter(([path]) => !own.has(path) && (isInFolder(path, runFolder) || !isSurroundings(path)))
  const inputs: Record<string, string> = {}
  for (const [path, state] of files.sort(([a], [b]) => (a < b ? -1 : 1))) {
    // A folder of the run says nothing: a child process may make one in passing (checkpoints), and what lies in it is looked at by itself.
    if (isInFolder(path, runFolder) && fileState(path) === 'folder') continue
    if (fileState(path) !== state) return { changed: displayPath(path) }
    inputs[isInFolder(path, runFolder) ? `${IN_RUN}${relative(runFolder, path)}` : displayPath(path)] = await contentOf(path)
  }
  return { inputs }
}

/** The first of `inputs` that is not what it was, for a person; undefined where all are. */
export async function changedInput(inputs: InputFiles, runFolder: string): Promise<string | undefined> {
  for (const [name, content] of Object.entries(inputs)) {
    const inRun = name.startsWith(IN_RUN)
    const now = await contentOf(inRun ? join(runFolder, name.slice(IN_RUN.length)) : absolute(name))
    if ((inRun && now === 'folder' ? 'absent' : now) !== content) return name
  }
  return undefined
}

/** A file that a step wrote where a later run would not find it again; undefined where it kept to its run folder, to caches and temporary files. */
export function strayOutput({ written }: CellUse, runFolder: string): string | undefined {
  const allowed = [runFolder, cacheFolder(), stepsFolder(), ...SYSTEM_FOLDERS]
  const isTemporary = (path: string): boolean => isInFolder(path, tmpdir()) && !isInFolder(path, projectRoot())
  const stray = written.find((path) => !isTemporary(path) && !allowed.some((folder) => isInFolder(path, folder)))
  return stray === undefined ? undefined : displayPath(stray)
}

/** Tells one state of a file from another without reading it; the same form as in kernel/file-use.cjs. */
export function fileState(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 'absent' : stat.isDirectory() ? 'folder' : `${stat.mtimeMs}:${stat.size}:${stat.ino}`
}

/** Where finished steps are kept: beside the runs, under a name that no list of runs shows. */
export const stepsFolder = (): string => join(runsFolder(), '.steps')

/** True for a file that a person may change to get another result. */
export const isWatchable = (path: string): boolean => !isSurroundings(path) && !isInFolder(path, runsFolder())

function isSurroundings(path: string): boolean {
  if (path.includes(`${sep}node_modules${sep}`) || path.endsWith(`${sep}node_modules`)) return true
  if ([cacheFolder(), venvFolder(), stepsFolder(), ...SYSTEM_FOLDERS].some((folder) => isInFolder(path, folder))) return true
  // The compiler reads the first with every cell; the lock file, which says more, and Node's version are part of every key.
  if ([projectPath('package.json'), projectPath('package-lock.json'), process.execPath].includes(path)) return true
  return isInFolder(path, projectPath('src')) && /\.(ts|cjs|js)$/.test(path)
}

async function contentOf(path: string): Promise<string> {
  const state = fileState(path)
  return state === 'absent' || state === 'folder' ? state : await sha256File(path)
}

const absolute = (path: string): string => (isAbsolute(path) ? path : projectPath(path))
