import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'
import { errorFromJson, EXIT, LabError, projectPath, projectRoot } from '../core/index.js'
import type { FromChild, ToChild } from './child-protocol.js'

export interface ChildOptions {
  /** Entry file: TypeScript, absolute or relative to the project, ending in a call of `serveParent`. */
  readonly entry: string
  /** Variables on top of this process's own; undefined removes one. */
  readonly env?: Record<string, string | undefined>
  /** Between asking a child to stop and killing it. Default 5 s. */
  readonly graceMs?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly onMessage?: (data: unknown) => void
  /** The child is killed when a call takes longer. Default: no limit. */
  readonly timeoutMs?: number
}

interface Call {
  readonly id: number
  readonly onMessage: ((data: unknown) => void) | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const STDERR_TAIL = 4000
const STDERR_WAIT_MS = 500

/**
 * A TypeScript child process that takes one job after another and ends with this process. It is started by Node with tsx, in its own process
 * group, so that Ctrl-C in a terminal reaches only the parent, which then decides.
 *
 * A child that stops a job (abort, timeout, crash) is gone: `alive` is false and a new one is started for the next job.
 */
export class Child {
  readonly #process: ChildProcess
  readonly #graceMs: number
  readonly #exited: Promise<void>
  readonly #entry: string
  #call: Call | undefined
  #nextId = 1
  #stderr = ''
  #ended = false
  #stopReason: LabError | undefined

  private constructor(child: ChildProcess, entry: string, graceMs: number) {
    this.#process = child
    this.#entry = entry
    this.#graceMs = graceMs
    child.stderr?.setEncoding('utf8')
    child.stderr?.on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL)))
    child.on('message', (message: FromChild) => this.#receive(message))
    this.#exited = new Promise((resolve) => {
      const end = (error: LabError): void => {
        if (this.#ended) return
        this.#ended = true
        this.#settle((call) => call.reject(this.#stopReason ?? error))
        resolve()
      }
      child.once('error', (cause) => {
        // 'error' is also sent when a kill or a message failed; only a process that never started ends here.
        if (child.pid === undefined)
          end(new LabError('child-not-started', 'A child process could not be started.', { received: entry, cause }))
      })
      // A grandchild can hold stderr open after the child's end, so 'close' alone is not waited for.
      child.once('exit', (code, signal) => {
        const finish = (): void => end(this.#crash(code, signal))
        child.once('close', finish)
        setTimeout(finish, STDERR_WAIT_MS)
      })
    })
    this.#keepAlive(false)
  }

  /** Starts the process; problems of starting show at the first call. */
  static start(options: ChildOptions): Child {
    const entry = options.entry.startsWith('/') ? options.entry : projectPath(options.entry)
    // The loader's address is made here and not taken from process.execArgv: the notebook kernel and the test runner have other ones there.
    const loader = pathToFileURL(createRequire(projectPath('package.json')).resolve('tsx')).href
    const env: NodeJS.ProcessEnv = { ...process.env, BARLAB_ROOT: projectRoot(), ...options.env }
    for (const name of Object.keys(env)) if (env[name] === undefined) delete env[name]
    const child = fork(entry, [], {
      cwd: projectRoot(),
      env,
      execArgv: ['--import', loader],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
    })
    return new Child(child, options.entry, options.graceMs ?? 5000)
  }

  get alive(): boolean {
    return !this.#ended && this.#stopReason === undefined
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /**
   * Gives the child a job and waits for its answer. One job at a time.
   * @throws LabError of the job itself; `interrupted` (signal), `child-timeout`, `child-crashed`.
   */
  async call(input: unknown, options: CallOptions = {}): Promise<unknown> {
    if (options.signal?.aborted === true) throw interruptedError(this.#entry)
    if (!this.alive || this.#call !== undefined)
      throw new LabError('child-busy', 'A child process takes one job at a time, and none after its end.', { received: this.#entry })
    const stopNow = (): void => void this.#stop(interruptedError(this.#entry))
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => void this.#stop(timeoutError(this.#entry, options.timeoutMs!)), options.timeoutMs)
    options.signal?.addEventListener('abort', stopNow, { once: true })
    this.#keepAlive(true)
    try {
      return await new Promise((resolve, reject) => {
        const id = this.#nextId++
        this.#call = { id, onMessage: options.onMessage, resolve, reject }
        // A failed write means the child is going: its 'close' tells why.
        this.#process.send({ type: 'job', id, input } satisfies ToChild, () => {})
      })
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', stopNow)
      this.#keepAlive(false)
    }
  }

  /** Tells the child something beside its jobs, for `ChildContext.told`; a child that is gone does not hear it. */
  tell(data: unknown): void {
    if (this.alive) this.#process.send({ type: 'tell', data } satisfies ToChild, () => {})
  }

  /** Ends the child and waits until it is gone. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#stop(interruptedError(this.#entry))
    await this.#exited
  }

  async #stop(reason: LabError): Promise<void> {
    if (this.#ended || this.#stopReason !== undefined) return
    this.#stopReason = reason
    this.#keepAlive(true)
    this.#process.kill('SIGTERM')
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), this.#graceMs)
    await this.#exited
    clearTimeout(killer)
  }

  #receive(message: FromChild): void {
    const call = this.#call
    if (message.type === 'ready' || call === undefined || message.id !== call.id) return
    if (message.type === 'message') {
      // What a listener throws must not look like the child's failure, nor vanish.
      try {
        call.onMessage?.(message.data)
      } catch (error) {
        this.#settle(() => call.reject(error))
        void this.#stop(new LabError('interrupted', 'A listener of the child process failed.', { cause: error }))
      }
    } else if (message.type === 'result') this.#settle(() => call.resolve(message.result))
    else {
      const error = errorFromJson(message.error)
      if (message.cause !== undefined && error.cause === undefined) error.cause = errorFromJson(message.cause)
      this.#settle(() => call.reject(this.#stopReason ?? error))
    }
  }

  #settle(answer: (call: Call) => void): void {
    const call = this.#call
    this.#call = undefined
    if (call !== undefined) answer(call)
  }

  /** An idle child must not keep a finished program from ending; a working one must. */
  #keepAlive(wanted: boolean): void {
    const stderr = this.#process.stderr as Partial<Socket> | null
    for (const part of [this.#process, this.#process.channel, stderr])
      if (wanted) part?.ref?.()
      else part?.unref?.()
  }

  #crash(code: number | null, signal: NodeJS.Signals | null): LabError {
    const killed = signal === 'SIGKILL' || code === 128 + constants.signals.SIGKILL
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`
    return new LabError(
      'child-crashed',
      killed ? 'A child process was killed, most likely for want of memory.' : 'A child process ended without an answer.',
      {
        received: `${this.#entry}: ${how}`,
        expected: 'an answer',
        help: killed
          ? 'use fewer workers, a smaller batch or fewer features, then run the same command with --resume'
          : 'run npm run doctor; the cause below is the end of what the child wrote',
        ...(this.#stderr.trim() !== '' && { cause: this.#stderr.trim() }),
      },
    )
  }
}

/** What every stopped piece of work throws: resumable, exit code 75. */
export const interruptedError = (what: string, cause?: unknown): LabError =>
  new LabError('interrupted', 'The work was stopped before its end.', {
    received: what,
    help: 'run the same command with --resume: what was finished is kept',
    exitCode: EXIT.interrupted,
    ...(cause !== undefined && { cause }),
  })

const timeoutError = (entry: string, timeoutMs: number): LabError =>
  new LabError('child-timeout', 'A child process took too long and was stopped.', {
    received: `${entry}: more than ${timeoutMs / 1000} s`,
    expected: 'an answer in time',
    help: 'allow more time, or make the work smaller',
  })

/** One job in a child of its own: start, call, close. See {@link Child.call} for errors. */
export async function runChild(options: ChildOptions & CallOptions & { readonly input: unknown }): Promise<unknown> {
  const child = Child.start(options)
  try {
    return await child.call(options.input, options)
  } finally {
    await child.close()
  }
}
