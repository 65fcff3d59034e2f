import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { displayPath, EXIT, LabError, resolveUserPath, studiesFolder } from '../core/index.js'

/** Environment variable that names the database in place of the configuration. */
export const STORAGE_VARIABLE = 'BARLAB_OPTUNA_STORAGE'

const SQLITE = 'sqlite:///'

/** The database of all studies where no other is named: a file beside the studies' folders. */
export const defaultStorage = (): string => `${SQLITE}${join(studiesFolder(), 'optuna.db')}`

/**
 * URL of the database: what is given here, else BARLAB_OPTUNA_STORAGE, else `tuning.storage` of the configuration, else {@link defaultStorage}. A path alone is an
 * SQLite file.
 * @throws LabError `bad-storage` for another kind of database
 */
export function studyStorage(given?: string, configured?: string | null): string {
  const wanted = given ?? (process.env[STORAGE_VARIABLE] || undefined) ?? configured ?? defaultStorage()
  if (/^postgres(ql)?(\+psycopg2)?:\/\/./.test(wanted)) return wanted
  const path = wanted.startsWith(SQLITE) ? wanted.slice(SQLITE.length) : wanted
  if (path === '' || /^[a-z][a-z0-9+]*:/i.test(path) || path.includes('?'))
    throw new LabError('bad-storage', 'Studies cannot be kept there.', {
      received: storageName(wanted),
      expected: 'postgresql://user@host/database, sqlite:///path, or the path of an SQLite file',
      help: '--storage postgresql://user@host/database',
      exitCode: EXIT.usage,
    })
  return `${SQLITE}${resolveUserPath(path)}`
}

/** For messages and reports: the path of an SQLite file, any other URL without its password (which may hold an @). */
export const storageName = (storage: string): string =>
  storage.startsWith(SQLITE)
    ? displayPath(storage.slice(SQLITE.length))
    : storage.replace(/(:\/\/[^:/@\s]*):\S*@/, '$1:***@').replace(/([?&]password=)[^&\s]*/gi, '$1***')

/** Folder of an SQLite file, made where it is the default one. Any other must be there: a misspelt path is not a new database. */
export function prepareStorage(storage: string): void {
  if (storage === defaultStorage()) mkdirSync(dirname(storage.slice(SQLITE.length)), { recursive: true })
}

/** False for an SQLite file that is not there; other databases are asked when they are opened. */
export const storageExists = (storage: string): boolean => !storage.startsWith(SQLITE) || existsSync(storage.slice(SQLITE.length))
