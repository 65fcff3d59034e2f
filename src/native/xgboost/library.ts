import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../../core/index.js'
import { openForeignLibrary } from '../foreign-library.js'
import { installedPackageVersion, readInstalled } from '../installed.js'
import { DECLARATIONS, type XgboostApi } from './declarations.js'

let api: XgboostApi | undefined

/** Path of the shared library that set-up's XGBoost wheel brought, undefined where it is not there. It must stay there: it finds its OpenMP runtime by its own place. */
export function xgboostLibraryPath(): string | undefined {
  const folder = readInstalled()?.sitePackages
  if (folder === undefined) return undefined
  const path = join(folder, 'xgboost/lib/libxgboost.so')
  return existsSync(path) ? path : undefined
}

/** Version of the wheel, whichever of the two it is; 'unknown' where it left no record. */
export const xgboostVersion = (): string => installedPackageVersion('xgboost_cpu') ?? installedPackageVersion('xgboost') ?? 'unknown'

/** Loads XGBoost at the first call. @throws LabError `no-xgboost` where it is missing or does not load. */
export function xgboostApi(): XgboostApi {
  if (api !== undefined) return api
  const path = xgboostLibraryPath()
  if (path === undefined)
    throw new LabError('no-xgboost', 'XGBoost is not installed.', {
      received: 'no xgboost/lib/libxgboost.so in the environment of this project',
      expected: 'the environment that set-up makes',
      help: 'npm run setup',
    })
  try {
    const library = openForeignLibrary(path)
    const bound = Object.entries(DECLARATIONS).map(([name, declaration]) => [name, library.func(declaration)])
    return (api = Object.fromEntries(bound) as XgboostApi)
  } catch (cause) {
    throw new LabError('no-xgboost', 'XGBoost could not be loaded.', {
      received: path,
      expected: 'a library that loads, left where its wheel put it: it finds its OpenMP runtime from there',
      help: 'npm run setup -- --force, then npm run doctor',
      cause,
    })
  }
}

/** @throws LabError `xgboost-error` with XGBoost's own words. Its last error belongs to the thread, so all calls are synchronous. */
export function check(status: number, doing: string): void {
  if (status !== 0)
    throw new LabError('xgboost-error', `XGBoost failed while ${doing}.`, {
      received: firstLine(xgboostApi().lastError()),
      help: 'check the parameters of the model',
    })
}

/** Without time and source place; what follows the first line is a stack of C++ calls. */
const firstLine = (text: string): string =>
  text
    .trim()
    .split('\n')[0]!
    .replace(/^\[[\d:]+\] \S+:\d+: /, '')

/** What the library was built with. */
export interface XgboostBuild {
  readonly USE_CUDA: boolean
}

/** @throws LabError `no-xgboost` */
export function xgboostBuild(): XgboostBuild {
  const out: [string | null] = [null]
  check(xgboostApi().buildInfo(out), 'asking for its build')
  return JSON.parse(out[0]!) as XgboostBuild
}
