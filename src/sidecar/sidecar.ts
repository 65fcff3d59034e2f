import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { LabError, projectPath } from '../core/index.js'
import { readInstalled } from '../native/installed.js'
import { interruptedError } from '../runtime/index.js'
import { decodeResult, encodeParams } from './arrays.js'

export interface SidecarOptions {
  /** Threads of the linear algebra libraries; fixed for the life of the process, because they change the last bits of results. */
  readonly threads: number
}

export interface SidecarCallOptions {
  readonly signal?: AbortSignal
  /** Default: no limit. Python is killed when it takes longer. */
  readonly timeoutMs?: number
}

interface Call {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Python {
  readonly process: ChildProcess
  readonly calls: Map<number, Call>
  readonly exited: Promise<void>
  stderr: string
}

type Line =
  | { readonly ready: true }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly type: string; readonly message: string } }

class PythonDied extends Error {}

/**
 * The Python child (scikit-learn). Requests are answered one after another; arrays go through raw files (see {@link SidecarArray}).
 *
 * It ends with this process. When it dies in a call it is started again and the call repeated once: methods are pure functions of their
 * parameters. A second death is a `sidecar-crashed` error.
 */
export class Sidecar {
  readonly #threads: number
  readonly #executable: string
  readonly #folder: string
  #python: Python | undefined
  #nextId = 1
  #closed = false

  private constructor(executable: string, threads: number) {
    this.#executable = executable
    this.#threads = threads
    this.#folder = mkdtempSync(join(tmpdir(), 'barlab-sidecar-'))
  }

  /**
   * Starts Python.
   * @throws LabError `no-python` where set-up has not run or its Python cannot be started
   */
  static async open(options: SidecarOptions): Promise<Sidecar> {
    const installed = readInstalled()
    if (installed === undefined) throw noPython('no set-up on this machine')
    const sidecar = new Sidecar(installed.python.executable, options.threads)
    try {
      await sidecar.call('sidecar.ping', {})
      return sidecar
    } catch (error) {
      await sidecar.close()
      throw error
    }
  }

  /**
   * Calls `module.function` with named parameters; {@link SidecarArray} values become numpy arrays, numpy arrays of the answer typed arrays.
   * @throws LabError `sidecar-error` (what Python raised), `sidecar-crashed`, `sidecar-timeout`, `interrupted`, `sidecar-closed`
   */
  async call(method: string, params: Record<string, unknown>, options: SidecarCallOptions = {}): Promise<unknown> {
    if (options.signal?.aborted === true) throw interruptedError(method)
    const id = this.#nextId++
    const { value, files } = encodeParams(params, this.#folder, `request-${id}`)
    const line = `${JSON.stringify({ id, method, params: value })}\n`
    try {
      try {
        return await this.#send(id, method, line, options)
      } catch (error) {
        if (!(error instanceof PythonDied)) throw error
      }
      try {
        return await this.#send(id, method, line, options)
      } catch (error) {
        throw error instanceof PythonDied ? crashed(method, error.message) : error
      }
    } finally {
      for (const file of files) rmSync(file, { force: true })
    }
  }

  /** Ends Python and removes its files. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    const python = this.#python
    if (python !== undefined) {
      for (const call of python.calls.values()) call.reject(closedError())
      python.calls.clear()
      this.#kill(python)
      await python.exited
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #send(id: number, method: string, line: string, { signal, timeoutMs }: SidecarCallOptions): Promise<unknown> {
    if (this.#closed) throw closedError()
    const python = (this.#python ??= this.#start())
    // Python cannot be told to leave one call, so it is killed; calls that waited behind this one are repeated in a new process.
    const stopWith = (reason: LabError): void => {
      const call = python.calls.get(id)
      python.calls.delete(id)
      this.#kill(python)
      call?.reject(reason)
    }
    const stop = (): void => stopWith(interruptedError(method))
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => stopWith(timeoutError(method, timeoutMs)), timeoutMs)
    signal?.addEventListener('abort', stop, { once: true })
    keepAlive(python.process, true)
    try {
      return await new Promise((resolve, reject) => {
        python.calls.set(id, { resolve, reject })
        python.process.stdin!.write(line)
      })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (python.calls.size === 0) keepAlive(python.process, false)
    }
  }

  #start(): Python {
    const threads = String(this.#threads)
    const child = spawn(this.#executable, ['-u', projectPath('src/sidecar/python/sidecar.py'), this.#folder], {
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      detached: true,
      env: {
        ...process.env,
        OMP_NUM_THREADS: threads,
        OPENBLAS_NUM_THREADS: threads,
        MKL_NUM_THREADS: threads,
        OMP_WAIT_POLICY: 'passive',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONHASHSEED: '0',
        // The user's own Python settings must not change what the project's environment imports.
        PYTHONPATH: '',
        PYTHONHOME: undefined,
      },
    })
    const python: Python = { process: child, calls: new Map(), stderr: '', exited: new Promise((resolve) => child.once('close', resolve)) }
    const end = (error: Error): void => {
      if (this.#python === python) this.#python = undefined
      for (const call of python.calls.values()) call.reject(error)
      python.calls.clear()
    }
    child.once('error', (cause) => end(noPython(this.#executable, cause)))
    child.once('close', (code, signal) => end(new PythonDied(`${signal ?? `exit code ${code}`}\n${python.stderr}`.trim())))
    // A broken pipe is the process' end, which 'close' reports.
    child.stdin?.on('error', () => {})
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (python.stderr = (python.stderr + text).slice(-4000)))
    createInterface({ input: child.stdio[3] as Socket }).on('line', (text) => receive(python, text))
    return python
  }

  #kill(python: Python): void {
    if (this.#python === python) this.#python = undefined
    keepAlive(python.process, true)
    python.process.kill('SIGKILL')
  }
}

function receive(python: Python, text: string): void {
  const line = JSON.parse(text) as Line
  if ('ready' in line) return
  const call = python.calls.get(line.id)
  python.calls.delete(line.id)
  if (call === undefined) return
  if ('error' in line) {
    const { type, message } = line.error
    call.reject(
      new LabError(type === 'ModuleNotFoundError' ? 'no-python' : 'sidecar-error', `Python raised ${type}: ${message}`, {
        ...(type === 'ModuleNotFoundError' && { help: 'npm run setup' }),
      }),
    )
    return
  }
  try {
    call.resolve(decodeResult(line.result))
  } catch (error) {
    call.reject(error)
  }
}

/** An idle sidecar must not keep a finished program from ending. */
function keepAlive(child: ChildProcess, wanted: boolean): void {
  for (const part of [child, ...child.stdio] as ({ ref?: () => void; unref?: () => void } | null)[])
    if (wanted) part?.ref?.()
    else part?.unref?.()
}

const noPython = (received: string, cause?: unknown): LabError =>
  new LabError('no-python', "The project's Python cannot be used.", {
    received,
    expected: 'the environment that set-up makes',
    help: 'npm run setup',
    ...(cause !== undefined && { cause }),
  })

const crashed = (method: string, how: string): LabError =>
  new LabError('sidecar-crashed', 'Python died twice in the same call.', {
    received: `${method}: ${how.split('\n')[0]}`,
    expected: 'an answer',
    help: 'npm run doctor; with little memory, use fewer workers or fewer rows',
    cause: how,
  })

const timeoutError = (method: string, timeoutMs: number): LabError =>
  new LabError('sidecar-timeout', 'A call to Python took too long and was stopped.', {
    received: `${method}: more than ${timeoutMs / 1000} s`,
    expected: 'an answer in time',
    help: 'allow more time, or give it fewer rows',
  })

const closedError = (): LabError => new LabError('sidecar-closed', 'The Python child is closed.', { help: 'open another one' })
