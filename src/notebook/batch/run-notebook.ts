import { dirname } from 'node:path'
import { EXIT, LabError, systemClock, userFolder } from '../../core/index.js'
import { RUN_FOLDER_VARIABLE, type FinalStatus, type Run } from '../../track/index.js'
import { OutputCollector, addStream } from './cell-outputs.js'
import { executeCell, type CellReply } from './execute-cell.js'
import { ExecutedNotebook } from './executed-notebook.js'
import { KernelProcess } from '../kernel/kernel-client.js'
import type { ErrorContent } from '../kernel/protocol.js'
import { cellSource, isCode, type Cell, type Notebook } from '../notebook-file.js'
import { planNotebook, type PlannedCell } from '../steps/notebook-plan.js'
import type { StepKeeper } from '../steps/step-keeper.js'
import type { RunConsole } from './run-console.js'
import type { StopRequest } from './stop-request.js'

export interface NotebookEnvironment {
  readonly device?: string
  readonly requireDevice?: boolean
  /** Where relative paths in parameters start; default: the folder the user typed the command in. */
  readonly userFolder?: string
}

export interface NotebookEnd {
  readonly status: FinalStatus
  readonly exitCode: number
  /** Why it is not `ok`. */
  readonly error?: LabError
}

/** Starts the kernel for a notebook of this run; nothing is executed yet. */
export function startNotebookKernel(
  path: string,
  run: Run,
  console: RunConsole,
  { device, requireDevice, userFolder: from = userFolder() }: NotebookEnvironment,
): Promise<KernelProcess> {
  return KernelProcess.start({
    cwd: dirname(path),
    env: {
      ...process.env,
      [RUN_FOLDER_VARIABLE]: run.folder,
      BARLAB_CWD: from,
      ...(device !== undefined && { BARLAB_DEVICE: device }),
      ...(requireDevice === true && { BARLAB_REQUIRE_DEVICE: '1' }),
    },
    onRawOutput: (text) => console.raw(text),
    onLateError: (error) => console.error(error),
  })
}

/**
 * Executes the code cells in order and keeps the executed notebook in the run folder, whole after each cell.
 * @param cellTimeoutMs limit for one cell
 * @throws LabError `disk-full`, `not-writable` where the executed notebook or the log cannot be written
 */
export async function executeNotebook({
  notebook,
  kernel,
  run,
  console,
  stop,
  cellTimeoutMs,
  plan = planNotebook(notebook),
  steps,
  notebookPath,
}: {
  notebook: Notebook
  /** Where it lies: relative imports of the executed copy are written for the run folder. */
  notebookPath?: string
  kernel: KernelProcess
  run: Run
  console: RunConsole
  stop: StopRequest
  cellTimeoutMs?: number
  plan?: readonly PlannedCell[]
  /** Without it every step runs. */
  steps?: StepKeeper
}): Promise<NotebookEnd> {
  const executed = new ExecutedNotebook(notebook, run, notebookPath)
  const collector = new OutputCollector()
  executed.save()
  for (const [n, about] of plan.entries()) {
    const { cell, step, explore } = about
    if (explore) continue
    if (stop.reason !== undefined) return interrupted(stop)
    const started = systemClock.monotonic()
    console.line(`[${n + 1}/${plan.length}] ${cellTitle(notebook, cell)}`)
    const outputs = executed.outputsOf(cell)
    const begun = step === undefined ? undefined : await steps?.begin(about)
    if (begun !== undefined && 'reused' in begun) {
      const { run: from, seconds } = begun.reused
      outputs.push(...begun.reused.outputs)
      executed.finish(cell, n + 1)
      run.event('step-reused', { cell: n + 1, step, from, secondsSaved: seconds })
      console.line(`    step ${step!}: as run ${from} left it, ${seconds.toFixed(2)} s saved`)
      continue
    }
    if (begun?.note !== undefined) console.line(`    step ${step!} runs again: ${begun.note}`)
    run.event('cell-started', { cell: n + 1, ...(step !== undefined && { step }) })
    const reply = await executeCell(kernel, cellSource(cell), stop, cellTimeoutMs, (message) => {
      collector.add(outputs, message)
      console.message(message)
    })
    const seconds = (systemClock.monotonic() - started) / 1000
    const end = endOf(reply, stop, kernel, n + 1)
    if (end?.status === 'skipped') {
      outputs.splice(0, outputs.length, ...outputs.filter(({ output_type }) => output_type !== 'error'))
      addStream(outputs, 'stdout', `skipped: ${end.error!.message}\n`)
    }
    run.event('cell-finished', { cell: n + 1, seconds, status: end?.status ?? 'ok' })
    executed.finish(cell, 'execution_count' in reply ? reply.execution_count : n + 1)
    if (console.failure !== undefined) throw console.failure
    if (end !== undefined) return end
    const notKept = begun === undefined ? undefined : await steps!.keep(about, begun.started, outputs, seconds)
    console.line(`    ${seconds.toFixed(2)} s${notKept === undefined ? '' : `; step ${step!} cannot be reused: ${notKept}`}`)
  }
  const late = kernel.lateErrors[0]
  return late === undefined ? { status: 'ok', exitCode: EXIT.ok } : failed(late, plan.length)
}

/** How the run ends because of this cell; undefined: it goes on. */
function endOf(reply: CellReply, stop: StopRequest, kernel: KernelProcess, cell: number): NotebookEnd | undefined {
  if (reply.status === 'stopped' || (reply.status !== 'ok' && stop.reason !== undefined)) return interrupted(stop)
  if (reply.status === 'dead')
    return {
      status: reply.error.exitCode === EXIT.interrupted ? 'interrupted' : 'failed',
      exitCode: reply.error.exitCode ?? EXIT.failed,
      error: reply.error,
    }
  if (reply.status === 'aborted') return failed({ ename: 'Aborted', evalue: 'an earlier cell failed', traceback: [] }, cell)
  if (reply.status === 'error') return failed(reply, cell)
  const late = kernel.lateErrors[0]
  return late === undefined ? undefined : failed(late, cell)
}

function interrupted(stop: StopRequest): NotebookEnd {
  return { status: 'interrupted', exitCode: EXIT.interrupted, error: stop.error() }
}

function failed(error: ErrorContent, cell: number): NotebookEnd {
  const { lab, ename, evalue } = error
  if (lab?.exitCode === EXIT.skipped) return { status: 'skipped', exitCode: EXIT.skipped, error: new LabError('skipped', evalue) }
  const message = lab === undefined ? `Cell ${cell} failed: ${ename}: ${evalue}` : `Cell ${cell} failed: ${evalue}`
  const exitCode = lab?.exitCode ?? EXIT.failed
  return {
    status: exitCode === EXIT.interrupted ? 'interrupted' : 'failed',
    exitCode,
    error: new LabError(lab?.code ?? 'cell-failed', message, {
      ...lab,
      exitCode,
      help: lab?.help ?? `look at the cell in the executed notebook`,
    }),
  }
}

/** The section above the cell, else the comment that it begins with, else the notebook's title, else its first line of code. */
function cellTitle(notebook: Notebook, cell: Cell): string {
  const before = notebook.cells[notebook.cells.indexOf(cell) - 1]
  const heading = before !== undefined && !isCode(before) ? /^(#+)\s+(.*)$/m.exec(cellSource(before)) : null
  const code = cellSource(cell).split('\n')
  const comment = /^\/\/\s*(\S.*)$/.exec(code[0]!)?.[1]
  // The notebook's own title says of no cell what it does.
  if (comment !== undefined && (heading === null || heading[1] === '#')) return comment
  return heading?.[2] ?? code.find((line) => line.trim() !== '' && !line.trim().startsWith('//')) ?? code[0] ?? ''
}
