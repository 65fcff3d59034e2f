import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Run } from '../../track/index.js'
import type { KernelProcess } from '../kernel/kernel-client.js'
import type { CellMessage, ExecuteReply } from '../kernel/protocol.js'
import type { Notebook } from '../notebook-file.js'
import { RunConsole } from './run-console.js'
import { executeNotebook } from './run-notebook.js'
import { StopRequest } from './stop-request.js'

type Execute = (code: string, onMessage: (message: CellMessage) => void, n: number) => Promise<ExecuteReply>

/** A kernel that does what the test says and counts the interrupts it gets. */
function fakeKernel(execute: Execute): { kernel: KernelProcess; interrupts: () => number } {
  let n = 0
  let interrupts = 0
  const kernel = {
    lateErrors: [],
    execute: (code: string, onMessage: (message: CellMessage) => void) => execute(code, onMessage, ++n),
    interrupt: () => void interrupts++,
  }
  return { kernel: kernel as unknown as KernelProcess, interrupts: () => interrupts }
}
const notebook = (...sources: string[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: sources.map((source) => ({ cell_type: 'code', metadata: {}, source })),
})
const ok = (n: number): ExecuteReply => ({ status: 'ok', execution_count: n })
const interruptedReply = (n: number): ExecuteReply => ({
  status: 'error',
  execution_count: n,
  ename: 'KeyboardInterrupt',
  evalue: 'stopped',
  traceback: [],
})

let folder: string
let run: Run
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'barlab-run-'))
  process.env.BARLAB_RUNS_DIR = folder
  run = await Run.create({ name: 'x', kind: 'pipeline', parameters: {} })
})
afterEach(() => {
  delete process.env.BARLAB_RUNS_DIR
  rmSync(folder, { recursive: true, force: true })
})

describe('executeNotebook', () => {
  it('interrupts only the running cell, once, however many cells have run before', async () => {
    const abort = new AbortController()
    const stop = new StopRequest(undefined, abort.signal)
    const { kernel, interrupts } = fakeKernel(async (_code, _onMessage, n) => {
      if (n < 4) return ok(n)
      abort.abort()
      await new Promise((resolve) => setImmediate(resolve))
      return interruptedReply(n)
    })
    const end = await executeNotebook({
      notebook: notebook('1', '2', '3', '4', '5'),
      kernel,
      run,
      console: new RunConsole(undefined, { quiet: true }),
      stop,
    })
    stop.close()
    expect(end).toMatchObject({ status: 'interrupted', exitCode: 75 })
    expect(interrupts()).toBe(1)
  })

  it('starts no cell when the stop was asked for before', async () => {
    const abort = new AbortController()
    abort.abort()
    const stop = new StopRequest(undefined, abort.signal)
    const { kernel, interrupts } = fakeKernel((_code, _onMessage, n) => Promise.resolve(ok(n)))
    const end = await executeNotebook({ notebook: notebook('1'), kernel, run, console: new RunConsole(undefined, { quiet: true }), stop })
    stop.close()
    expect([end.status, interrupts()]).toEqual(['interrupted', 0])
  })

  it('ends a cell that is over its own limit as interrupted and resumable', async () => {
    const stop = new StopRequest(undefined, undefined)
    let interrupted: () => void
    const { kernel } = fakeKernel((_code, _onMessage, n) => new Promise((resolve) => (interrupted = () => resolve(interruptedReply(n)))))
    ;(kernel as { interrupt: () => void }).interrupt = () => interrupted()
    const end = await executeNotebook({
      notebook: notebook('1'),
      kernel,
      run,
      console: new RunConsole(undefined, { quiet: true }),
      stop,
      cellTimeoutMs: 20,
    })
    stop.close()
    expect(end).toMatchObject({ status: 'interrupted', exitCode: 75, error: { code: 'cell-timeout' } })
  })

  it.skipIf(!existsSync('/dev/full'))('fails when the log cannot be written, and leaves a readable run', async () => {
    symlinkSync('/dev/full', run.path('run.log'))
    const stop = new StopRequest(undefined, undefined)
    const { kernel } = fakeKernel((_code, onMessage, n) => {
      onMessage({ type: 'stream', id: n, content: { name: 'stdout', text: 'much' } })
      return Promise.resolve(ok(n))
    })
    const console = new RunConsole(run.path('run.log'), { quiet: true })
    await expect(executeNotebook({ notebook: notebook('1', '2'), kernel, run, console, stop })).rejects.toMatchObject({ code: 'disk-full' })
    console.close()
    stop.close()
    const { cells } = JSON.parse(readFileSync(run.path('notebook.ipynb'), 'utf8')) as Notebook
    expect(cells.map(({ outputs }) => outputs?.length)).toEqual([1, 0])
  })

  it('keeps the last state of a progress display in the log, however fast the updates come', async () => {
    const stop = new StopRequest(undefined, undefined)
    const { kernel } = fakeKernel((_code, onMessage, n) => {
      for (let done = 0; done <= 50; done++)
        onMessage({
          type: done === 0 ? 'display_data' : 'update_display_data',
          id: n,
          content: { data: { 'text/plain': `fits ${done}/50` }, metadata: {}, transient: { display_id: 'p' } },
        })
      return Promise.resolve(ok(n))
    })
    const console = new RunConsole(run.path('run.log'), { quiet: true })
    await executeNotebook({ notebook: notebook('1'), kernel, run, console, stop })
    console.close()
    stop.close()
    const lines = readFileSync(run.path('run.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('fits'))
    expect(lines.at(-1)).toBe('    fits 50/50')
    expect(lines.length).toBeLessThan(5)
  })
})
