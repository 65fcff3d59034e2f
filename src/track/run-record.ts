import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { displayPath, isAlive, LabError, type ErrorJson, type ProcessIdentity } from '../core/index.js'
import type { GitFacts, RunEnvironment } from './run-environment.js'

export const RUN_STATUSES = ['running', 'ok', 'failed', 'skipped', 'interrupted'] as const
/** How a run stands. */
export type RunStatus = (typeof RUN_STATUSES)[number]
/** A status a run can end with. */
export type FinalStatus = Exclude<RunStatus, 'running'>
export const RUN_KINDS = ['pipeline', 'graph', 'notebook', 'script'] as const
/** What made a run. `pipeline`: the batch runner; `graph`: several notebooks, each with a run of its own beside it; `notebook`: cells in JupyterLab; `script`: anything else. */
export type RunKind = (typeof RUN_KINDS)[number]

/** What came out, for a person first: `headline` is the line shown in lists; everything else is free. */
export interface RunOutcome {
  readonly headline: string
  readonly [detail: string]: unknown
}

/** Contents of run.json. Times are ISO 8601, UTC. Sections written with `run.record` stand beside these keys. */
export interface RunRecord {
  readonly id: string
  readonly name: string
  readonly kind: RunKind
  readonly status: RunStatus
  /** The process that sets the status. */
  readonly owner: ProcessIdentity
  readonly startedAt: string
  readonly finishedAt?: string
  readonly resumedAt?: readonly string[]
  readonly parameters: Readonly<Record<string, unknown>>
  readonly seed?: number
  /** Path of the notebook, relative to the project where it lies inside. */
  readonly notebook?: string
  readonly git: GitFacts | null
  readonly environment: RunEnvironment
  readonly outcome?: RunOutcome
  readonly error?: ErrorJson
  /** What the notebook itself said with `finish` while the runner owned the run; the runner decides the status. */
  readonly reportedStatus?: FinalStatus
  readonly [section: string]: unknown
}

/** Keys of run.json that `run.record` refuses: Run keeps them itself. */
export const RESERVED_SECTIONS: readonly string[] = [
  'id',
  'name',
  'kind',
  'status',
  'owner',
  'startedAt',
  'finishedAt',
  'resumedAt',
  'parameters',
  'seed',
  'notebook',
  'git',
  'environment',
  'outcome',
  'error',
  'reportedStatus',
]

export const runFile = (folder: string): string => join(folder, 'run.json')
export const metricsFile = (folder: string): string => join(folder, 'metrics.json')

/** run.json exactly as it is on disk; use {@link readRun} unless you are about to write it. @throws LabError `run-unreadable` */
export function readStoredRun(folder: string): RunRecord {
  let cause: unknown
  try {
    const value: unknown = JSON.parse(readFileSync(runFile(folder), 'utf8'))
    if (isRunRecord(value)) return value
  } catch (error) {
    cause = error
  }
  throw new LabError('run-unreadable', 'The run cannot be read.', {
    received: displayPath(runFile(folder)),
    expected: 'a whole run.json, as written by this project',
    help: `npm run runs lists what can be read; delete ${basename(folder)} if it is of no use`,
    ...(cause !== undefined && { cause }),
  })
}

/**
 * What run.json says, with the truth about its owner: a run that is `running` on disk while its process is gone (killed, power cut) is `interrupted`; one of cells in JupyterLab, which
 * nobody ends, is `ok` where it has written its metrics.
 * @throws LabError `run-unreadable` where run.json is missing, torn or something else
 */
export function readRun(folder: string): RunRecord {
  const record = readStoredRun(folder)
  if (record.status !== 'running' || isAlive(record.owner)) return record
  return { ...record, status: record.kind === 'notebook' && existsSync(metricsFile(folder)) ? 'ok' : 'interrupted' }
}

function isRunRecord(value: unknown): value is RunRecord {
  if (value === null || typeof value !== 'object') return false
  const { id, name, status, startedAt, owner, parameters } = value as Partial<Record<string, unknown>>
  return (
    [id, name, startedAt].every((text) => typeof text === 'string') &&
    RUN_STATUSES.includes(status as RunStatus) &&
    [owner, parameters].every((part) => part !== null && typeof part === 'object')
  )
}

/** @throws LabError `reserved-section` */
export function refuseReserved(key: string, reserved: readonly string[], where: string): void {
  if (!reserved.includes(key)) return
  throw new LabError('reserved-section', `This key of ${where} is kept by the run itself.`, {
    received: key,
    expected: `any other key than ${reserved.join(', ')}`,
    help: 'choose another name',
  })
}
