import { existsSync, readdirSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { EXIT, LabError, nearestName, resolveUserPath, runsFolder, studiesFolder, systemClock, type Clock } from '../core/index.js'
import { readRun, runFile, type RunKind, type RunStatus } from './run-record.js'

export interface RunSummary {
  readonly id: string
  readonly folder: string
  readonly name: string
  readonly kind?: RunKind
  readonly status: RunStatus | 'unreadable'
  readonly startedAt?: string
  readonly finishedAt?: string
  /** Seconds of the latest attempt; so far for a running one, absent where the end is not known. */
  readonly seconds?: number
  readonly headline?: string
}

/** Names starting with a dot are folders still being made (or left so by a kill); studies are no runs. */
function runIds(): string[] {
  const folder = runsFolder()
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && join(folder, entry.name) !== studiesFolder())
    .map(({ name }) => name)
}

/** Every folder of the runs folder, newest first; one without a readable run.json has status `unreadable` and comes last. */
export function listRuns(clock: Clock = systemClock): RunSummary[] {
  return runIds()
    .map((id) => summarize(join(runsFolder(), id), clock))
    .sort((a, b) => compare(b.startedAt ?? '', a.startedAt ?? '') || compare(b.id, a.id))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function summarize(folder: string, clock: Clock): RunSummary {
  const id = basename(folder)
  let run
  try {
    run = readRun(folder)
  } catch {
    return { id, folder, name: id, status: 'unreadable' }
  }
  const from = Date.parse(run.resumedAt?.at(-1) ?? run.startedAt)
  const to = run.finishedAt !== undefined ? Date.parse(run.finishedAt) : run.status === 'running' ? clock.now() : undefined
  const headline = run.outcome?.headline ?? run.error?.message
  return {
    id,
    folder,
    name: run.name,
    kind: run.kind,
    status: run.status,
    startedAt: run.startedAt,
    ...(run.finishedAt !== undefined && { finishedAt: run.finishedAt }),
    ...(to !== undefined && { seconds: (to - from) / 1000 }),
    ...(headline !== undefined && { headline }),
  }
}

/**
 * Folder of the run that a person names: its id, a part that only one id contains, or a path to its folder.
 * @throws LabError `run-not-found`, `run-ambiguous` (exit code 2)
 */
export function findRun(idOrFolder: string): string {
  const ids = runIds()
  if (ids.includes(idOrFolder)) return join(runsFolder(), idOrFolder)
  if (isAbsolute(idOrFolder) || /[\\/]/.test(idOrFolder)) {
    const folder = resolve(resolveUserPath(idOrFolder))
    if (existsSync(runFile(folder))) return folder
  }
  const containing = idOrFolder === '' ? [] : ids.filter((id) => id.includes(idOrFolder))
  if (containing.length === 1) return join(runsFolder(), containing[0]!)
  if (containing.length > 1)
    throw new LabError('run-ambiguous', 'Several runs have this in their id.', {
      received: idOrFolder,
      expected: `one of ${containing.slice(0, 5).join(', ')}${containing.length > 5 ? ', ...' : ''}`,
      help: 'npm run runs',
      exitCode: EXIT.usage,
    })
  throw new LabError('run-not-found', 'There is no such run.', {
    received: idOrFolder,
    expected: expectedIds(idOrFolder, ids),
    help: 'npm run runs',
    exitCode: EXIT.usage,
  })
}

function expectedIds(given: string, ids: string[]): string {
  if (ids.length === 0) return `an id, but ${runsFolder()} holds no runs yet`
  const near: string[] = []
  for (let rest = ids; near.length < 3; rest = rest.filter((id) => !near.includes(id))) {
    const next = nearestName(basename(given), rest)
    if (next === undefined) break
    near.push(next)
  }
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`
  return `an id, such as the newest ones: ${[...ids].sort().reverse().slice(0, 3).join(', ')}`
}
