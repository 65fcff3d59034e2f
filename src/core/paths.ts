import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { LabError } from './errors.js'

const PROJECT_NAME = 'barlab'

function isProjectRoot(folder: string): boolean {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return false
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === PROJECT_NAME
  } catch {
    return false
  }
}

/**
 * Folder of the project, found by walking up from the working directory: a notebook kernel runs in `notebooks/`, a script in the root,
 * so the working directory itself is never trusted. `BARLAB_ROOT` wins (doors set it from their own location).
 */
export function projectRoot(): string {
  const given = process.env.BARLAB_ROOT
  if (given !== undefined && given !== '') return resolve(given)
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isProjectRoot(folder)) return folder
    if (dirname(folder) === folder) break
  }
  throw new LabError('no-project-root', 'The Barlab project was not found above the working directory.', {
    received: process.cwd(),
    expected: `a folder below one whose package.json is named "${PROJECT_NAME}"`,
    help: 'change into the project, or set BARLAB_ROOT to its folder',
  })
}

/** A path inside the project: `projectPath('datasets', 'btc')`. */
export function projectPath(...parts: string[]): string {
  return join(projectRoot(), ...parts)
}

/** Folder where runs are kept: `BARLAB_RUNS_DIR`, by default `runs/` of the project. */
export function runsFolder(): string {
  const given = process.env.BARLAB_RUNS_DIR
  return given !== undefined && given !== '' ? resolve(given) : projectPath('runs')
}

/** Folder of tuning studies, one of each name beside their database: among the runs, and none itself. */
export const studiesFolder = (): string => join(runsFolder(), 'studies')

/** The folder the user typed the command in: npm moves to the project root and leaves the original folder in INIT_CWD. */
export function userFolder(): string {
  return process.env.BARLAB_CWD ?? process.env.INIT_CWD ?? process.cwd()
}

/**
 * Resolves a path that a person wrote: absolute as it is, else the first that exists of (the folder they typed in, the project root);
 * where neither exists, the one in the folder they typed in, so that the error names what they meant.
 */
export function resolveUserPath(path: string): string {
  if (isAbsolute(path)) return path
  const first = resolve(userFolder(), path)
  if (existsSync(first)) return first
  const second = projectPath(path)
  return existsSync(second) ? second : first
}

/** Path for messages and saved files: relative to the project where it lies inside, unchanged elsewhere. */
export function displayPath(path: string): string {
  const root = projectRoot()
  return path !== root && isInFolder(path, root) ? relative(root, path) : path
}

/** True for the folder itself and what lies below it. Both absolute; nothing is looked up. */
export function isInFolder(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
