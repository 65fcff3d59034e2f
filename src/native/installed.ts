import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { projectPath } from '../core/index.js'

/**
 * What set-up put on this machine: written by `src/setup` as its stamp (manifest last), read by the bindings. All paths are absolute.
 * A part that could not be installed is null and has a line in `problems`.
 */
export interface Installed {
  readonly stampVersion: 1
  /** Hash of everything the set-up depends on (requirement files, C++ sources, tool versions, device); equal means nothing to do. */
  readonly fingerprint: string
  readonly device: 'cpu' | 'cuda'
  /** Set where a person chose the device with `--device`; later automatic set-ups keep to it. */
  readonly forcedDevice?: 'cpu' | 'cuda'
  readonly python: { readonly executable: string; readonly version: string }
  readonly sitePackages: string
  readonly tensorflow: { readonly folder: string; readonly version: string } | null
  readonly addon: { readonly path: string; readonly hash: string; readonly cpuFlags: string } | null
  readonly problems: readonly InstallProblem[]
}

export interface InstallProblem {
  readonly part: string
  readonly message: string
  readonly cure: string
}

/** Folder of everything that set-up builds and may be deleted at any time. */
export const cacheFolder = (): string => resolve(process.env.BARLAB_CACHE || projectPath('.cache'))

/** The project's Python environment. Set BARLAB_VENV only together with BARLAB_CACHE: the lock of set-up lies in the cache. */
export const venvFolder = (): string => resolve(process.env.BARLAB_VENV || projectPath('.venv'))

export const stampPath = (): string => `${cacheFolder()}/setup.json`

/** The stamp of the last finished set-up, undefined where there is none or it cannot be read. */
export function readInstalled(): Installed | undefined {
  const path = stampPath()
  if (!existsSync(path)) return undefined
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Installed
    return value.stampVersion === 1 ? value : undefined
  } catch {
    return undefined
  }
}

/** Version of a Python package in the project's environment, by its distribution name ('scikit_learn'); undefined where it is not installed. */
export function installedPackageVersion(name: string, folder = readInstalled()?.sitePackages): string | undefined {
  if (folder === undefined || !existsSync(folder)) return undefined
  const found = readdirSync(folder).find((entry) => entry.startsWith(`${name}-`) && entry.endsWith('.dist-info'))
  return found?.slice(name.length + 1, -'.dist-info'.length)
}
