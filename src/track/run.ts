import { join, resolve } from 'node:path'
import {
  CONTENT,
  DISPLAY,
  displayPath,
  errorToJson,
  EXIT,
  isAlive,
  isLabError,
  LabError,
  noteSection,
  processIdentity,
  systemClock,
  writeJsonAtomicSync,
  type Clock,
  type MimeBundle,
} from '../core/index.js'
import { appendEvent } from './event-log.js'
import { findRun } from './find-run.js'
import { gitFacts, runEnvironment, type PythonFacts } from './run-environment.js'
import { placeRunFolder } from './place-run-folder.js'
import { newRunId } from './run-id.js'
import { metricsFile, readRun, refuseReserved, RESERVED_SECTIONS, type FinalStatus, type RunKind, type RunOutcome } from './run-record.js'
import { showRun } from './show-runs.js'
import { updateStoredRun } from './update-stored-run.js'

/** What a run is called and what it was asked. */
export interface CreateRunOptions {
  readonly name: string
  readonly kind: RunKind
  readonly parameters: Readonly<Record<string, unknown>>
  /** Path of the notebook, where there is one. */
  readonly notebook?: string
  readonly seed?: number
  readonly python?: PythonFacts
  readonly clock?: Clock
}

/** What came out, or what was thrown. */
export interface FinishDetails {
  readonly outcome?: RunOutcome
  /** Whatever was thrown; kept as code, message, help. */
  readonly error?: unknown
}

/**
 * One run and its folder, the truth about it: run.json (facts, status), events.jsonl, metrics.json, and whatever the work leaves there.
 * Every write is whole or not there, so a kill at any moment leaves a folder that can be read and resumed.
 */
export class Run {
  private constructor(
    /** Absolute path. */
    readonly folder: string,
    readonly id: string,
    /** True where this process decides the status; false where the runner does. */
    readonly owned: boolean,
    private readonly clock: Clock,
  ) {}

  /** Makes `runs/<id>/` with a run.json in it, status `running`, owned by this process. @throws LabError `disk-full`, `not-writable` */
  static async create(options: CreateRunOptions): Promise<Run> {
    const { name, kind, parameters, notebook, seed, python, clock = systemClock } = options
    const startedAt = new Date(clock.now())
    const git = await gitFacts()
    const facts = {
      name,
      kind,
      status: 'running' as const,
      owner: processIdentity(),
      startedAt: startedAt.toISOString(),
      parameters,
      ...(seed !== undefined && { seed }),
      ...(notebook !== undefined && { notebook: displayPath(resolve(notebook)) }),
      git,
      environment: runEnvironment(python),
    }
    for (;;) {
      const id = newRunId(name, startedAt.getTime())
      const folder = placeRunFolder({ id, ...facts })
      if (folder !== undefined) return new Run(folder, id, true, clock)
    }
  }

  /** The run of a folder, its status left to its owner. @throws LabError `run-unreadable` */
  static attach(folder: string, clock: Clock = systemClock): Promise<Run> {
    return Promise.resolve().then(() => new Run(resolve(folder), readRun(resolve(folder)).id, false, clock))
  }

  /** The run of a folder that this process began and has not ended. @throws LabError `run-unreadable` */
  static reopen(folder: string, clock: Clock = systemClock): Run {
    return new Run(resolve(folder), readRun(resolve(folder)).id, true, clock)
  }

  /**
   * Takes over a run that has ended (in whichever way): this process becomes its owner, the status `running`; what the last attempt said about its end goes.
   * Of two that try at once, one wins.
   * @param idOrFolder see {@link findRun}
   * @throws LabError `run-not-found`, `run-still-running` (exit code 2), `run-unreadable`
   */
  static async resume(idOrFolder: string, clock: Clock = systemClock): Promise<Run> {
    const folder = findRun(idOrFolder)
    const run = new Run(folder, readRun(folder).id, true, clock)
    await updateStoredRun(folder, ({ finishedAt: _finished, outcome: _outcome, error: _error, reportedStatus: _reported, ...record }) => {
      if (record.status === 'running' && isAlive(record.owner))
        throw new LabError('run-still-running', 'The run is still going on.', {
          received: `${run.id}, owned by process ${record.owner.pid} on ${record.owner.host}`,
          expected: 'a run that has ended or was interrupted',
          help: 'wait for it or end that process, then resume',
          exitCode: EXIT.usage,
        })
      const resumedAt = [...(record.resumedAt ?? []), run.now()]
      return { ...record, status: 'running', owner: processIdentity(), resumedAt }
    })
    return run
  }

  /** Path inside the run folder. */
  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  /**
   * Sets one section of run.json; the others stay. Safe from several processes at once. NaN and infinities become strings.
   * @throws LabError `reserved-section` for a key that Run keeps itself, `lock-timeout`, `run-unreadable`
   */
  async record(section: string, value: unknown): Promise<void> {
    refuseReserved(section, RESERVED_SECTIONS, 'run.json')
    noteSection(section)
    await updateStoredRun(this.folder, (record) => ({ ...record, [section]: value }))
  }

  /** Adds to the stored parameters and sets the seed: what the work really used, defaults included. */
  async recordInputs(inputs: { parameters: Readonly<Record<string, unknown>>; seed?: number; python?: PythonFacts }): Promise<void> {
    const { parameters, seed, python } = inputs
    await updateStoredRun(this.folder, (record) => ({
      ...record,
      parameters: { ...record.parameters, ...parameters },
      ...(seed !== undefined && { seed }),
      ...(python !== undefined && { environment: { ...record.environment, python } }),
    }))
  }

  /** Adds a line to events.jsonl, with the time. @throws LabError `reserved-section` where data has a `time` or `type` of its own */
  event(type: string, data: Readonly<Record<string, unknown>> = {}): void {
    for (const key of Object.keys(data)) refuseReserved(key, ['time', 'type'], 'an event')
    appendEvent(this.folder, { ...data, time: this.now(), type })
  }

  /** Writes metrics.json whole, keys sorted. */
  writeMetrics(metrics: Readonly<Record<string, unknown>>): void {
    writeJsonAtomicSync(metricsFile(this.folder), metrics)
  }

  /** Ends the run; the first call counts. In a run owned by the runner the status stays and the word is kept as `reportedStatus`. */
  async finish(status: FinalStatus, { outcome, error }: FinishDetails = {}): Promise<void> {
    await updateStoredRun(this.folder, (record) => {
      if (record.status !== 'running' || (!this.owned && record.reportedStatus !== undefined)) return record
      const end = this.owned ? { status, finishedAt: this.now() } : { reportedStatus: status }
      return { ...record, ...end, ...(outcome !== undefined && { outcome }), ...(error !== undefined && { error: errorToJson(error) }) }
    })
  }

  /** Ends the run by what was thrown: `interrupted` where a resume goes on from there, `failed` otherwise. */
  async fail(error: unknown): Promise<void> {
    const resumable = isLabError(error) && error.exitCode === EXIT.interrupted
    await this.finish(resumable ? 'interrupted' : 'failed', { error })
  }

  /** As an input of a notebook's step every run is the same: what a step leaves in it is put into the next one. */
  [CONTENT](): unknown {
    return { run: this.folder }
  }

  /** What it shows where a notebook's cell ends with it. */
  [DISPLAY](): MimeBundle {
    return showRun(readRun(this.folder), this.folder)
  }

  private now(): string {
    return new Date(this.clock.now()).toISOString()
  }
}
