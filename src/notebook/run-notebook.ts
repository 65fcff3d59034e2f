import { dirname } from 'node:path'
import { EXIT, LabError, systemClock, userFolder, writeFileAtomicSync } from '../core/index.js'
import { RUN_FOLDER_VARIABLE, type FinalStatus, type Run } from '../track/index.js'
import { OutputCollector, addStream, type NotebookOutput } from './cell-outputs.js'
import { KernelProcess } from './kernel/kernel-client.js'
import type { ErrorContent, ExecuteReply } from './kernel/protocol.js'
import { cellSource, isCode, type Cell, type Notebook } from './notebook-file.js'
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

/** How long a stopped cell may take to leave everything whole before its processes are killed. */
const STOP_GRACE_MS = 15_000

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
}: {
  notebook: Notebook
  kernel: KernelProcess
  run: Run
  console: RunConsole
  stop: StopRequest
  cellTimeoutMs?: number
}): Promise<NotebookEnd> {
  const cells = notebook.cells.filter((cell) => isCode(cell) && cellSource(cell).trim() !== '')
  const outputs = new Map<Cell, NotebookOutput[]>(cells.map((cell) => [cell, []]))
  const executed = {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      isCode(cell) ? { ...cell, execution_count: null as number | null, outputs: outputs.get(cell) ?? [] } : cell,
    ),
  }
  const save = (): void => writeFileAtomicSync(run.path('notebook.ipynb'), `${JSON.stringify(executed, null, 1)}\n`)
  const collector = new OutputCollector()
  save()
  for (const [n, cell] of cells.entries()) {
    if (stop.reason !== undefined) return interrupted(stop)
    const started = systemClock.monotonic()
    console.line(`[${n + 1}/${cells.length}] ${cellTitle(notebook, cell)}`)
    run.event('cell-started', { cell: n + 1 })
    const own = outputs.get(cell)!
    const reply = await executeCell(kernel, cellSource(cell), stop, cellTimeoutMs, (message) => {
      collector.add(own, message)
      console.message(message)
    })
    const seconds = (systemClock.monotonic() - started) / 1000
    const entry = executed.cells[notebook.cells.indexOf(cell)]! as { execution_count: number | null }
    entry.execution_count = 'execution_count' in reply ? reply.execution_count : n + 1
    const end = endOf(reply, stop, kernel, n + 1)
    if (end?.status === 'skipped') {
      own.splice(0, own.length, ...own.filter(({ output_type }) => output_type !== 'error'))
      addStream(own, 'stdout', `skipped: ${end.error!.message}\n`)
    }
    run.event('cell-finished', { cell: n + 1, seconds, status: end?.status ?? 'ok' })
    save()
    if (console.failure !== undefined) throw console.failure
    if (end !== undefined) return end
    console.line(`    ${seconds.toFixed(2)} s`)
  }
  return { status: 'ok', exitCode: EXIT.ok }
}

type CellReply = ExecuteReply | { readonly status: 'dead'; readonly error: LabError } | { readonly status: 'stopped' }

async function executeCell(
  kernel: KernelProcess,
  code: string,
  stop: StopRequest,
  cellTimeoutMs: number | undefined,
  onMessage: Parameters<KernelProcess['execute']>[1],
): Promise<CellReply> {
  let timedOut = false
  let over = false
  const timers: NodeJS.Timeout[] = []
  const finished = kernel.execute(code, onMessage).catch((error: unknown) => ({ status: 'dead' as const, error: error as LabError }))
  // A stopped cell gets the interrupt, then some time; what does not end is killed, its finished fits stay in the run folder.
  const stopped = new Promise<CellReply>((resolve) => {
    const end = (): void => {
      if (over) return
      kernel.interrupt()
      timers.push(setTimeout(() => resolve({ status: 'stopped' }), STOP_GRACE_MS))
    }
    stop.onAgain = () => resolve({ status: 'stopped' })
    void stop.asked.then(end)
    if (cellTimeoutMs !== undefined)
      timers.push(
        setTimeout(() => {
          timedOut = true
          end()
        }, cellTimeoutMs),
      )
  })
  const reply = await Promise.race([finished, stopped])
  // The wish to stop outlives this cell: from here on it is the business of the next one.
  over = true
  for (const timer of timers) clearTimeout(timer)
  stop.onAgain = undefined
  if (timedOut && reply.status !== 'ok')
    return {
      status: 'dead',
      error: new LabError('cell-timeout', 'A cell took longer than --cell-timeout.', {
        received: `${cellTimeoutMs! / 1000} s`,
        expected: 'a cell that ends before',
        exitCode: EXIT.interrupted,
      }),
    }
  return reply
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

/** The heading above the cell, else its first line of code. */
function cellTitle(notebook: Notebook, cell: Cell): string {
  const before = notebook.cells[notebook.cells.indexOf(cell) - 1]
  const heading = before !== undefined && !isCode(before) ? /^#+\s+(.*)$/m.exec(cellSource(before))?.[1] : undefined
  const code = cellSource(cell).split('\n')
  return heading ?? code.find((line) => line.trim() !== '' && !line.trim().startsWith('//')) ?? code[0] ?? ''
}
