import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import {
  EXIT,
  LabError,
  displayPath,
  formatError,
  isLabError,
  projectPath,
  resolveUserPath,
  systemClock,
  userFolder,
} from '../core/index.js'
import { readInstalled } from '../native/installed.js'
import { Run, findRun, readRun, type FinalStatus } from '../track/index.js'
import { declaredParameters, injectParameters } from './parameters.js'
import { readNotebook, type Notebook } from './notebook-file.js'
import { RunConsole } from './run-console.js'
import { executeNotebook, startNotebookKernel, type NotebookEnd, type NotebookEnvironment } from './run-notebook.js'
import { StopRequest } from './stop-request.js'
import { notebookTypeError, parameterTypeError, typeCheckNotebook } from './type-check.js'

export interface PipelineOptions extends NotebookEnvironment {
  /** Paths of notebooks; `*` in the file name stands for any letters. Run one after the other, each in a run of its own. */
  readonly notebooks: readonly string[]
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Id or folder of a run to go on with: same notebook and parameters, cells run again, finished fits are reused. */
  readonly resume?: string
  /** Check notebook, types and parameters; run nothing. */
  readonly dryRun?: boolean
  /** Limit for each notebook, and for each cell. */
  readonly timeoutMs?: number
  readonly cellTimeoutMs?: number
  readonly signal?: AbortSignal
  /** Nothing on the terminal (the log in the run folder is written all the same). */
  readonly quiet?: boolean
}

export interface NotebookResult {
  readonly notebook: string
  readonly status: FinalStatus | 'checked'
  readonly exitCode: number
  readonly runId?: string
  readonly folder?: string
  readonly error?: LabError
}

export interface PipelineResult {
  /** The worst of the notebooks: failed, then bad arguments, interrupted, skipped, ok. */
  readonly exitCode: number
  readonly notebooks: readonly NotebookResult[]
}

const WORST_FIRST: readonly number[] = [EXIT.failed, EXIT.usage, EXIT.interrupted, EXIT.skipped, EXIT.ok]

/**
 * Runs notebooks as batch jobs. What goes wrong in a notebook is a result with an exit code, not an exception; nothing of it is thrown.
 */
export async function runPipeline(options: PipelineOptions): Promise<PipelineResult> {
  const results: NotebookResult[] = []
  let plan: Job[]
  try {
    plan = planJobs(options)
  } catch (error) {
    return { exitCode: report(error).exitCode, notebooks: [{ notebook: options.notebooks.join(' '), status: 'failed', ...report(error) }] }
  }
  for (const job of plan) {
    const result = await runOne(job, options).catch((error: unknown): NotebookResult => ({
      notebook: displayPath(job.path),
      status: 'failed',
      ...report(error),
    }))
    results.push(result)
    if (result.exitCode === EXIT.interrupted) break
  }
  return { exitCode: WORST_FIRST.find((code) => results.some((result) => result.exitCode === code)) ?? EXIT.failed, notebooks: results }
}

function report(error: unknown): { exitCode: number; error: LabError } {
  const known = isLabError(error)
    ? error
    : new LabError('unexpected', error instanceof Error ? error.message : String(error), {
        received: formatError(error),
        help: 'npm run doctor',
      })
  return { exitCode: known.exitCode ?? EXIT.failed, error: known }
}

/** What a run remembers of the call, to go on with it from anywhere. */
interface PipelineSection {
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly userFolder?: string
}

interface Job {
  readonly path: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly resume?: string
  readonly userFolder: string
}

const recordCall = (run: Run, { parameters, userFolder: from }: Job): Promise<void> =>
  run.record('pipeline', { parameters, userFolder: from } satisfies PipelineSection)

const DEVICES: readonly string[] = ['auto', 'cuda', 'cpu']

function planJobs({ notebooks, parameters = {}, resume, device, userFolder: from = userFolder() }: PipelineOptions): Job[] {
  if (device !== undefined && !DEVICES.includes(device))
    throw new LabError('bad-device', 'There is no such device.', {
      received: device,
      expected: DEVICES.join(', '),
      help: '--device auto',
      exitCode: EXIT.usage,
    })
  if (resume !== undefined) {
    if (notebooks.length > 0)
      throw new LabError('bad-arguments', 'A resumed run has its own notebook.', {
        received: `${notebooks.join(' ')} with --resume ${resume}`,
        expected: 'either notebooks or a run to go on with',
        help: `npm run pipeline -- --resume ${resume}`,
        exitCode: EXIT.usage,
      })
    const record = readRun(findRun(resume))
    const { parameters: given, userFolder: folder = from } = (record.pipeline ?? {}) as PipelineSection
    if (record.notebook === undefined || given === undefined)
      throw new LabError('not-resumable', 'This run did not come from the pipeline runner.', {
        received: `${record.id}, kind ${record.kind}`,
        expected: 'a run of npm run pipeline',
        help: 'npm run runs shows what each run is',
        exitCode: EXIT.usage,
      })
    return [{ path: resolve(projectPath(), record.notebook), parameters: { ...given, ...parameters }, resume, userFolder: folder }]
  }
  const paths = notebooks.flatMap(expand)
  if (paths.length === 0)
    throw new LabError('no-notebook', 'No notebook was given.', {
      received: notebooks.join(' ') || 'nothing',
      expected: 'one or more .ipynb files',
      help: 'npm run pipeline -- notebooks/direction.ipynb',
      exitCode: EXIT.usage,
    })
  return paths.map((path) => ({ path, parameters, userFolder: from }))
}

/** `*` in the last part of a path, for shells that do not do it. */
function expand(pattern: string): string[] {
  const path = resolveUserPath(pattern)
  if (!basename(path).includes('*')) return [path]
  const expression = new RegExp(`^${basename(path).split('*').map(escapeExpression).join('.*')}$`)
  const folder = dirname(path)
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => expression.test(name))
        .sort()
        .map((name) => join(folder, name))
    : []
}

const escapeExpression = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

async function runOne(job: Job, options: PipelineOptions): Promise<NotebookResult> {
  const { path, parameters } = job
  const notebook = injectParameters(readNotebook(path), parameters)
  if (options.dryRun === true) return dryRun(job, notebook)
  const name = basename(path, '.ipynb')
  const stop = new StopRequest(options.timeoutMs, options.signal)
  let run: Run | undefined
  let console: RunConsole | undefined
  try {
    run =
      job.resume === undefined
        ? await Run.create({ name, kind: 'pipeline', parameters, notebook: path, ...pythonFacts() })
        : await Run.resume(job.resume)
    // Written before anything can take long: a run that is killed from here on can be resumed.
    if (job.resume === undefined) await recordCall(run, job)
    console = new RunConsole(run.path('run.log'), options.quiet)
    return await runInFolder({ job, notebook, run, console, stop, options })
  } catch (error) {
    // Failed before the first cell: a new run that never began leaves nothing behind.
    const known = report(error)
    if (run !== undefined && job.resume === undefined && !existsSync(run.path('notebook.ipynb')))
      rmSync(run.folder, { recursive: true, force: true })
    // On a full disk this cannot be written either; the run then reads as interrupted, and the first error is the one to show.
    else await run?.finish(known.exitCode === EXIT.interrupted ? 'interrupted' : 'failed', { error: known.error }).catch(() => undefined)
    throw known.error
  } finally {
    console?.close()
    stop.close()
  }
}

async function runInFolder({
  job,
  notebook,
  run,
  console,
  stop,
  options,
}: {
  job: Job
  notebook: Notebook
  run: Run
  console: RunConsole
  stop: StopRequest
  options: PipelineOptions
}): Promise<NotebookResult> {
  const started = systemClock.monotonic()
  console.line(`${displayPath(job.path)} -> ${displayPath(run.folder)}${job.resume === undefined ? '' : ' (resumed)'}`)
  // The check needs seconds of one core, the kernel's start of another: side by side they cost the longer of the two.
  const [kernel, check] = await Promise.allSettled([
    startNotebookKernel(job.path, run, console, { ...options, userFolder: job.userFolder }),
    typeCheckNotebook(notebook, job.path),
  ])
  try {
    if (check.status === 'rejected') throw check.reason
    if (kernel.status === 'rejected') throw kernel.reason
    const wrong = parameterTypeError(check.value.diagnostics, job.parameters) ?? notebookTypeError(check.value.diagnostics, job.path)
    if (wrong !== undefined) throw wrong
    if (job.resume !== undefined) await recordCall(run, job)
    await run.record('typeCheckMs', Math.round(check.value.ms))
    console.line(
      `types checked in ${(check.value.ms / 1000).toFixed(2)} s, beside the start of the kernel (${((systemClock.monotonic() - started) / 1000).toFixed(2)} s)`,
    )
    const end = await executeNotebook({
      notebook,
      kernel: kernel.value,
      run,
      console,
      stop,
      ...(options.cellTimeoutMs !== undefined && { cellTimeoutMs: options.cellTimeoutMs }),
    })
    await run.finish(end.status, end.error === undefined ? {} : { error: end.error })
    closing(run, end, console, (systemClock.monotonic() - started) / 1000)
    return {
      notebook: displayPath(job.path),
      status: end.status,
      exitCode: end.exitCode,
      runId: run.id,
      folder: run.folder,
      ...(end.error !== undefined && { error: end.error }),
    }
  } finally {
    if (kernel.status === 'fulfilled') await kernel.value.close()
  }
}

/** The last lines a person reads: outcome, report, how to go on. */
function closing(run: Run, end: NotebookEnd, console: RunConsole, seconds: number): void {
  const headline = readRun(run.folder).outcome?.headline
  if (headline !== undefined) console.line(`\n${headline}`)
  const report = run.path('report.html')
  if (existsSync(report)) console.line(`report:   ${displayPath(report)}`)
  console.line(`${end.status} in ${seconds.toFixed(1)} s: ${displayPath(run.folder)}`)
  if (end.status === 'interrupted' || end.status === 'failed') console.line(`go on:    npm run pipeline -- --resume ${run.id}`)
}

async function dryRun(job: Job, notebook: Notebook): Promise<NotebookResult> {
  const { diagnostics, ms } = await typeCheckNotebook(notebook, job.path)
  const wrong = parameterTypeError(diagnostics, job.parameters) ?? notebookTypeError(diagnostics, job.path)
  if (wrong !== undefined) throw wrong
  const console = new RunConsole(undefined)
  console.line(`${displayPath(job.path)}: types checked in ${(ms / 1000).toFixed(2)} s, nothing run. Parameters:`)
  for (const { name, type, defaultText } of declaredParameters(notebook)) {
    const given = job.parameters[name]
    console.line(`  ${name}: ${type} = ${given === undefined ? defaultText : `${JSON.stringify(given)} (default ${defaultText})`}`)
  }
  return { notebook: displayPath(job.path), status: 'checked', exitCode: EXIT.ok }
}

function pythonFacts(): { python?: { version: string; packages: Record<string, string> } } {
  const installed = readInstalled()
  if (installed === undefined) return {}
  return {
    python: {
      version: installed.python.version,
      packages: installed.tensorflow === null ? {} : { tensorflow: installed.tensorflow.version },
    },
  }
}
