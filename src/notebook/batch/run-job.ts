import { existsSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { EXIT, LabError, displayPath, formatError, isLabError, systemClock } from '../../core/index.js'
import { readInstalled } from '../../native/installed.js'
import { Run, readRun, type FinalStatus } from '../../track/index.js'
import { notebookTypeError, parameterTypeError, typeCheckNotebook, type TypeCheck } from '../check/type-check.js'
import type { KernelProcess } from '../kernel/kernel-client.js'
import { readNotebook, type Notebook } from '../notebook-file.js'
import { declaredParameters, injectParameters, injectedValues, type ParameterValues } from '../parameters.js'
import { checkFrom } from '../steps/check-from.js'
import { fileState } from '../steps/input-files.js'
import { planNotebook, type PlannedCell } from '../steps/notebook-plan.js'
import { StepKeeper, type StepOptions } from '../steps/step-keeper.js'
import { checkDatasetParameter } from './check-dataset-parameter.js'
import { RunConsole } from './run-console.js'
import { executeNotebook, startNotebookKernel, type NotebookEnd, type NotebookEnvironment } from './run-notebook.js'
import { StopRequest } from './stop-request.js'

export interface JobOptions extends NotebookEnvironment {
  /** Check notebook, types and parameters; run nothing. */
  readonly dryRun?: boolean
  /** Limit for the notebook, and for each cell. */
  readonly timeoutMs?: number
  readonly cellTimeoutMs?: number
  /** Which finished steps of earlier runs may be reused; default: all that are unchanged. */
  readonly steps?: StepOptions
  readonly signal?: AbortSignal
  /** Nothing on the terminal (the log in the run folder is written all the same). */
  readonly quiet?: boolean
  /** Is told the id of the run as soon as it can be resumed. */
  readonly onRun?: (id: string) => void
  /** Is told which files of the project stand behind the notebook, and at the end which files the kernel has read, each with its state at the first reading. */
  readonly onFiles?: (files: readonly (readonly [path: string, state: string])[]) => void
  /** Stands before each line on the terminal, where several notebooks run at once. */
  readonly label?: string
}

export interface NotebookResult {
  readonly notebook: string
  readonly status: FinalStatus | 'checked'
  readonly exitCode: number
  readonly runId?: string
  readonly folder?: string
  readonly error?: LabError
}

/** What a run remembers of the call, to go on with it from anywhere. */
export interface PipelineSection {
  /** As JSON text: run.json sorts its keys, and the order of a value's keys has a meaning. Runs of before have an object. */
  readonly parameters?: string | ParameterValues
  readonly userFolder?: string
}

export interface Job {
  readonly path: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly resume?: string
  readonly userFolder: string
}

const recordCall = (run: Run, { parameters, userFolder: from }: Job): Promise<void> =>
  run.record('pipeline', { parameters: JSON.stringify(parameters), userFolder: from } satisfies PipelineSection)

/** Runs one notebook in a run of its own, or goes on with one. @throws LabError where it did not come to run a cell */
export async function runJob(given: Job, options: JobOptions): Promise<NotebookResult> {
  const { path } = given
  const source = readNotebook(path)
  // An executed notebook brings the values it ran with; those given now win.
  const job = { ...given, parameters: { ...injectedValues(source), ...given.parameters } }
  const { parameters } = job
  const notebook = injectParameters(source, parameters)
  checkDatasetParameter(notebook, parameters, job.userFolder)
  const plan = planNotebook(notebook)
  checkFrom(plan, options.steps?.from)
  if (options.dryRun === true) return dryRun(job, notebook, options)
  const name = basename(path, '.ipynb')
  const stop = new StopRequest(options.timeoutMs, options.signal)
  let run: Run | undefined
  let console: RunConsole | undefined
  try {
    // A run that ended stays as it was where it cannot go on. The check is known where nothing was changed; else resuming takes its seconds longer.
    const checked = job.resume === undefined ? undefined : await checkTypes(job, notebook, options)
    run =
      job.resume === undefined
        ? await Run.create({ name, kind: 'pipeline', parameters, notebook: path, ...pythonFacts() })
        : await Run.resume(job.resume)
    // Written before anything can take long: a run that is killed from here on can be resumed.
    await recordCall(run, job)
    options.onRun?.(run.id)
    console = new RunConsole(run.path('run.log'), options)
    return await runInFolder({ job, notebook, plan, run, console, stop, options, ...(checked && { checked }) })
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
  plan,
  run,
  console,
  stop,
  options,
  checked,
}: {
  job: Job
  notebook: Notebook
  plan: readonly PlannedCell[]
  run: Run
  console: RunConsole
  stop: StopRequest
  options: JobOptions
  /** Where its types are checked already. */
  checked?: TypeCheck
}): Promise<NotebookResult> {
  const started = systemClock.monotonic()
  console.line(`${displayPath(job.path)} -> ${displayPath(run.folder)}${job.resume === undefined ? '' : ' (resumed)'}`)
  // The check needs seconds of one core, the kernel's start of another: side by side they cost the longer of the two.
  const [kernel, check] = await Promise.allSettled([
    startNotebookKernel(job.path, run, console, { ...options, userFolder: job.userFolder }),
    checked ?? checkTypes(job, notebook, options),
  ])
  try {
    if (check.status === 'rejected') throw check.reason
    if (kernel.status === 'rejected') throw kernel.reason
    await run.record('typeCheckMs', Math.round(check.value.ms))
    console.line(`types checked in ${(check.value.ms / 1000).toFixed(1)} s`)
    const end = await executeWithSteps(job, notebook, kernel.value, { run, console, stop, plan, options })
    if (options.onFiles !== undefined && kernel.value.idle) options.onFiles(await kernel.value.ask('filesRead', null))
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

/** @throws LabError `parameter-type`, `notebook-type-error` */
async function checkTypes(job: Job, notebook: Notebook, { onFiles }: JobOptions): Promise<TypeCheck> {
  const check = await typeCheckNotebook(notebook, job.path)
  // Told before anything is thrown: whoever watches waits for a change of these files.
  onFiles?.(check.files.map((file) => [file, fileState(file)]))
  const wrong = parameterTypeError(check, job.parameters) ?? notebookTypeError(check.diagnostics, job.path)
  if (wrong !== undefined) throw wrong
  return check
}

async function executeWithSteps(
  { path, userFolder: from }: Job,
  notebook: Notebook,
  kernel: KernelProcess,
  about: { run: Run; console: RunConsole; stop: StopRequest; plan: readonly PlannedCell[]; options: JobOptions },
): Promise<NotebookEnd> {
  const { run, console, stop, plan, options } = about
  const environment = {
    device: options.device ?? process.env.BARLAB_DEVICE,
    required: String(options.requireDevice === true),
    notebookFolder: displayPath(dirname(path)),
    userFolder: from,
  }
  const steps = StepKeeper.create({ plan, kernel, run, notebookPath: path, options: options.steps ?? {}, environment })
  try {
    const { cellTimeoutMs } = options
    return await executeNotebook({
      notebook,
      notebookPath: path,
      kernel,
      run,
      console,
      stop,
      plan,
      ...(steps && { steps }),
      ...(cellTimeoutMs !== undefined && { cellTimeoutMs }),
    })
  } finally {
    for (const warning of (await steps?.close()) ?? []) console.line(`warning: ${warning}`)
    if (steps !== undefined) await run.record('steps', steps.reports)
  }
}

/** The last lines a person reads: outcome, report, how to go on. */
function closing(run: Run, end: NotebookEnd, console: RunConsole, seconds: number): void {
  const { outcome, steps } = readRun(run.folder)
  if (outcome !== undefined) console.line(`\n${outcome.headline}`)
  const saved = Object.values((steps ?? {}) as StepKeeper['reports']).flatMap((step) => ('reused' in step ? step.secondsSaved : []))
  const sum = saved.reduce((a, b) => a + b, 0)
  if (saved.length === 1) console.line(`1 step taken over (${sum.toFixed(0)} s saved); --force runs it again`)
  if (saved.length > 1) console.line(`${saved.length} steps taken over (${sum.toFixed(0)} s saved); --force runs them again`)
  const report = run.path('report.html')
  if (existsSync(report)) console.line(`report:   ${displayPath(report)}`)
  console.line(`${end.status} in ${seconds.toFixed(1)} s: ${displayPath(run.folder)}`)
  // Bad arguments stay bad: to go on would fail at the same cell.
  const resumable = end.status === 'interrupted' || (end.status === 'failed' && end.exitCode !== EXIT.usage)
  if (resumable) console.line(`go on:    npm run pipeline -- --resume ${run.id}`)
}

async function dryRun(job: Job, notebook: Notebook, options: JobOptions): Promise<NotebookResult> {
  const { choices, ms } = await checkTypes(job, notebook, options)
  const console = new RunConsole(undefined, options)
  console.line(`${displayPath(job.path)}: types checked in ${(ms / 1000).toFixed(2)} s, nothing run. Parameters:`)
  for (const { name, type, defaultText } of declaredParameters(notebook)) {
    const given = job.parameters[name]
    console.line(`  ${name}: ${type} = ${given === undefined ? defaultText : `${JSON.stringify(given)} (default ${defaultText})`}`)
    const words = choices[name]
    if (words !== undefined) console.line(`    of: ${words.join(', ')}`)
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

/** A failure as a result gives it. */
export function report(error: unknown): { status: FinalStatus; exitCode: number; error: LabError } {
  const known = isLabError(error)
    ? error
    : new LabError('unexpected', error instanceof Error ? error.message : String(error), {
        received: formatError(error),
        help: 'npm run doctor',
      })
  const exitCode = known.exitCode ?? EXIT.failed
  return { status: exitCode === EXIT.interrupted ? 'interrupted' : 'failed', exitCode, error: known }
}
