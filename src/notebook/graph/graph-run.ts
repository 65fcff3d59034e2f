import { basename } from 'node:path'
import { EXIT, displayPath, isLabError, plainText, showTextTable, systemClock, userFolder } from '../../core/index.js'
import { findRun, type FinalStatus, type Run } from '../../track/index.js'
import { report, runJob, type JobOptions, type NotebookResult } from '../batch/run-job.js'
import { worstOf } from '../batch/run-pipeline.js'
import { StopRequest } from '../batch/stop-request.js'
import type { NotebookGraph } from './graph-file.js'
import { resolveParameters, type GraphJob } from './graph-plan.js'

export interface GraphOptions extends Omit<JobOptions, 'label' | 'steps'> {
  /** Limit for the graph as a whole; a notebook's own stands in the graph. */
  readonly timeoutMs?: number
  /** Finished steps of earlier runs are not reused. */
  readonly force?: boolean
}

/** How one job of a graph ended; `not-run` where something before it did not end well, or nothing more was begun. */
export interface JobEnd {
  readonly label: string
  readonly node: string
  readonly status: NotebookResult['status'] | 'not-run'
  readonly exitCode: number
  readonly runId?: string
  readonly seconds?: number
  /** Why it was not run, skipped or failed. */
  readonly reason?: string
}

export interface GraphResult {
  /** The worst of the jobs. */
  readonly exitCode: number
  readonly jobs: readonly JobEnd[]
  /** The run of the graph as such: `--resume` goes on with it. */
  readonly runId?: string
}

/** What the run of a graph remembers: the graph as it was read, and how its jobs ended. */
export interface GraphSection {
  /** As JSON text: run.json sorts its keys, and the order of a graph has a meaning. */
  readonly graph: string
  readonly jobs: readonly JobEnd[]
  /** Label -> run id of the jobs that were begun, in this attempt or one before it, and whose end above names no run. */
  readonly running: Readonly<Record<string, string>>
}

const STATUS_OF: Readonly<Record<number, FinalStatus>> = { [EXIT.ok]: 'ok', [EXIT.skipped]: 'skipped', [EXIT.interrupted]: 'interrupted' }

/** One attempt at a graph. */
export class GraphRun {
  readonly #ends = new Map<string, JobEnd>()
  readonly #abort = new AbortController()
  #saving: Promise<void> = Promise.resolve()
  /** Label -> run id, as soon as there is one; from the start for those that an earlier attempt began and did not bring to its end. */
  readonly #runIds = new Map<string, string>()
  readonly #running = new Map<string, Promise<void>>()

  constructor(
    private readonly run: Run,
    private readonly graph: NotebookGraph,
    private readonly jobs: readonly GraphJob[],
    private readonly options: GraphOptions,
    earlier?: GraphSection,
  ) {
    // In the order of the jobs: what stands on something that runs again runs again too, in a run of its own.
    for (const { label, after } of jobs) {
      const end = earlier?.jobs.find((one) => one.label === label)
      const runId = earlier?.running[label] ?? end?.runId
      if (end?.status === 'ok' && after.every((other) => this.#ends.has(other))) this.#ends.set(label, end)
      else if (runId !== undefined && end?.status !== 'ok' && end?.status !== 'skipped') this.#runIds.set(label, runId)
    }
  }

  async execute(): Promise<GraphResult> {
    const stop = new StopRequest(this.options.timeoutMs, this.options.signal)
    stop.signal.addEventListener('abort', () => this.#abort.abort(stop.signal.reason), { once: true })
    try {
      await this.#save()
      while (this.#ends.size < this.jobs.length) {
        this.#settle(stop)
        this.#start(stop)
        if (this.#running.size === 0) break
        await Promise.race(this.#running.values())
        await this.#save()
      }
      return await this.#finish(stop)
    } catch (error) {
      // Nothing of the graph goes on unseen: what is running is stopped and waited for.
      this.#abort.abort()
      await Promise.allSettled(this.#running.values())
      await this.run.fail(error)
      throw error
    } finally {
      stop.close()
    }
  }

  /** Gives every job that can no longer run its end. */
  #settle(stop: StopRequest): void {
    for (const job of this.jobs) {
      if (this.#ends.has(job.label) || this.#running.has(job.label)) continue
      const { label, node } = job
      const before = job.after.flatMap((other) => this.#ends.get(other) ?? [])
      const broken = before.find(({ status }) => status !== 'ok' && status !== 'skipped')
      const skipped = job.settings.when_skipped === 'skip' ? before.find(({ status }) => status === 'skipped') : undefined
      if (stop.reason !== undefined)
        this.#ends.set(label, { label, node, status: 'not-run', exitCode: EXIT.interrupted, reason: stop.reason })
      else if (broken !== undefined)
        this.#ends.set(label, { label, node, status: 'not-run', exitCode: broken.exitCode, reason: `${broken.label}: ${broken.status}` })
      else if (skipped !== undefined)
        this.#ends.set(label, { label, node, status: 'skipped', exitCode: EXIT.skipped, reason: `${skipped.label} was skipped` })
    }
  }

  #start(stop: StopRequest): void {
    for (const job of this.jobs) {
      if (stop.reason !== undefined || this.#running.size >= this.graph.parallel) return
      const waits = job.after.some((other) => !this.#ends.has(other))
      if (waits || this.#ends.has(job.label) || this.#running.has(job.label)) continue
      this.#running.set(
        job.label,
        this.#runJob(job).then((end) => {
          this.#ends.set(job.label, end)
          this.#running.delete(job.label)
        }),
      )
    }
  }

  async #runJob(job: GraphJob): Promise<JobEnd> {
    const started = systemClock.monotonic()
    const { device, require_device: required, timeout } = job.settings
    const resume = this.#resumable(job)
    const parameters = resolveParameters(job.parameters, (node) => this.#runsOf(node))
    const { force, timeoutMs: _ofAll, ...options } = this.options
    this.run.event('job-started', { job: job.label })
    const result = await runJob(
      { path: job.path, parameters, userFolder: userFolder(), ...(resume !== undefined && { resume }) },
      {
        ...options,
        ...(device !== undefined && { device }),
        ...(required && { requireDevice: true }),
        ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
        ...(this.graph.parallel > 1 && { label: job.label }),
        signal: this.#abort.signal,
        steps: { force: force === true },
        onRun: (id) => this.#began(job, id),
      },
    ).catch((error: unknown): Omit<NotebookResult, 'notebook'> => report(error))
    const end: JobEnd = {
      label: job.label,
      node: job.node,
      status: result.status,
      exitCode: result.exitCode,
      seconds: (systemClock.monotonic() - started) / 1000,
      ...(result.runId !== undefined && { runId: result.runId }),
      ...(result.error !== undefined && { reason: result.error.message }),
    }
    this.run.event('job-finished', { ...end })
    return end
  }

  /** The run of an earlier attempt that goes on; one that is gone begins anew. */
  #resumable({ label }: GraphJob): string | undefined {
    const runId = this.#runIds.get(label)
    if (runId === undefined) return undefined
    try {
      return basename(findRun(runId))
    } catch (error) {
      if (isLabError(error)) return undefined
      throw error
    }
  }

  #runsOf(node: string): string[] {
    return this.jobs.filter((job) => job.node === node).flatMap(({ label }) => this.#ends.get(label)?.runId ?? [])
  }

  #inOrder(): JobEnd[] {
    return this.jobs.flatMap(({ label }) => this.#ends.get(label) ?? [])
  }

  /** So that a graph that is killed finds the runs again that it had begun. */
  #began({ label }: GraphJob, id: string): void {
    this.#runIds.set(label, id)
    void this.#save().catch(() => undefined) // said again, and not passed over, when the job has ended
  }

  /** One after the other, so that what is written last is the latest. */
  #save(): Promise<void> {
    this.#saving = this.#saving
      .catch(() => undefined)
      .then(async () => {
        const running = [...this.#runIds].filter(([label]) => this.#ends.get(label)?.runId === undefined)
        const section: GraphSection = { graph: JSON.stringify(this.graph), jobs: this.#inOrder(), running: Object.fromEntries(running) }
        await this.run.record('notebooks', section)
      })
    return this.#saving
  }

  async #finish(stop: StopRequest): Promise<GraphResult> {
    this.#settle(stop)
    await this.#save()
    const jobs = this.#inOrder()
    const exitCode = worstOf(jobs.map((job) => job.exitCode))
    const status = STATUS_OF[exitCode] ?? 'failed'
    const well = jobs.filter((job) => job.status === 'ok').length
    await this.run.finish(status, { outcome: { headline: `${well} of ${this.jobs.length} notebooks ended well` } })
    this.#say(`\n${jobsTable(jobs)}\n${displayPath(this.run.folder)}\n`)
    if (status === 'interrupted' || status === 'failed') this.#say(`go on:    npm run pipeline -- --resume ${this.run.id}\n`)
    return { exitCode, jobs, runId: this.run.id }
  }

  #say(text: string): void {
    if (this.options.quiet !== true) process.stdout.write(text)
  }
}

function jobsTable(jobs: readonly JobEnd[]): string {
  const rows = jobs.map(({ label, status, seconds, runId, reason }) => [
    label,
    status,
    seconds === undefined ? '' : seconds.toFixed(1),
    runId ?? '',
    reason ?? '',
  ])
  return plainText(showTextTable({ headings: ['notebook', 'status', 'seconds', 'run', 'why'], rows })) ?? ''
}
