import { fork, type ChildProcess } from 'node:child_process'
import { LabError, projectPath } from '../../core/index.js'
import type { CellMessage, ErrorContent, ExecuteReply, KernelMessage, KernelRequest, StepAction, StepActions } from './protocol.js'

export interface KernelOptions {
  /** Working directory of the kernel: the folder of the notebook, anywhere inside the project. */
  readonly cwd: string
  /** Environment of the kernel; default: this process's own. */
  readonly env?: NodeJS.ProcessEnv
  /** Flags for Node itself, such as `--max-old-space-size=4096`. */
  readonly execArgv?: readonly string[]
  /** Output that bypasses the kernel (native libraries write to the file descriptors): default is this process's stderr. */
  readonly onRawOutput?: (text: string) => void
  /** Something threw that no cell is waiting for: a timer, a rejected promise nobody handles. */
  readonly onLateError?: (error: ErrorContent) => void
}

export interface KernelExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

interface Question {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Pending {
  readonly onMessage: ((message: CellMessage) => void) | undefined
  readonly resolve: (reply: ExecuteReply) => void
  readonly reject: (error: unknown) => void
}

/**
 * A kernel in a child process, driven by messages (protocol.ts). It has a process group of its own: Ctrl-C in the terminal reaches it only
 * through {@link KernelProcess.interrupt}, and {@link KernelProcess.close} leaves nothing behind that its cells have started.
 */
export class KernelProcess {
  /** Settles when the process has ended, for whatever reason. */
  readonly exited: Promise<KernelExit>
  /** Everything that has thrown outside a cell so far. */
  readonly lateErrors: ErrorContent[] = []
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  readonly #questions = new Map<number, Question>()
  #nextId = 0
  #exit: KernelExit | undefined
  #closing: Promise<void> | undefined

  private constructor(child: ChildProcess, options: KernelOptions) {
    this.#child = child
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#exit = { code, signal }
        for (const waiting of [...this.#pending.values(), ...this.#questions.values()]) waiting.reject(this.#died())
        this.#pending.clear()
        this.#questions.clear()
        resolve(this.#exit)
      }
      child.once('exit', end)
      child.once('error', () => end(null, null))
    })
    child.on('message', (message) => this.#receive(message as KernelMessage, options.onLateError))
    const raw = options.onRawOutput ?? ((text: string) => void process.stderr.write(text))
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => raw(text))
  }

  /**
   * Starts a kernel and waits until it takes cells (about a second).
   * @throws LabError `kernel-start-failed` when the launcher refuses (its reason is the message), `kernel-died` when the process ends.
   */
  static async start(options: KernelOptions): Promise<KernelProcess> {
    const child = fork(projectPath('src', 'notebook', 'kernel', 'main.cjs'), ['--ipc'], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      execArgv: [...(options.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    })
    const kernel = new KernelProcess(child, options)
    await new Promise<void>((resolve, reject) => {
      const first = (message: unknown): void => {
        const { type, ...rest } = message as KernelMessage
        if (type === 'ready') resolve()
        else if (type === 'failed') {
          const { content } = rest as { content: ErrorContent }
          reject(new LabError('kernel-start-failed', content.evalue, { ...content.lab }))
        } else child.once('message', first)
      }
      child.once('message', first)
      void kernel.exited.then(() => reject(kernel.#died()))
    })
    return kernel
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** False once the process has ended. */
  get alive(): boolean {
    return this.#exit === undefined
  }

  /** True while it lives and no cell runs: then it can be asked. */
  get idle(): boolean {
    return this.alive && this.#pending.size === 0
  }

  /**
   * Runs one cell. Cells may be queued: they run in order, and after one that fails those already waiting come back as `aborted`.
   * A cell that throws is a reply with status `error`, not a rejection.
   * @param onMessage what the cell shows, while it runs (for an asynchronous leftover, also after its reply).
   * @throws LabError `kernel-died` when the process ends before the reply (`process.exit` in a cell, out of memory, a crash).
   */
  execute(code: string, onMessage?: (message: CellMessage) => void): Promise<ExecuteReply> {
    if (!this.alive) return Promise.reject(this.#died())
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { onMessage, resolve, reject })
      this.#send({ type: 'execute', id, code })
    })
  }

  /**
   * Asks about the values of the cells that have run; only while none runs: one that was given up would keep the answer waiting for ever.
   * @throws LabError `kernel-died`, `kernel-busy`, `kernel-question-failed`
   */
  ask<A extends StepAction>(action: A, input: Parameters<StepActions[A]>[0]): Promise<ReturnType<StepActions[A]>> {
    if (!this.alive) return Promise.reject(this.#died())
    if (!this.idle)
      return Promise.reject(
        new LabError('kernel-busy', 'The kernel cannot answer while a cell runs.', {
          received: action,
          expected: 'a question between two cells',
          help: 'wait for the reply of the cell',
        }),
      )
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#send({ type: 'ask', id, action, input })
    })
  }

  /**
   * Stops the running cell as JupyterLab's stop button does: a synchronous loop at once, a training at its next batch, other waiting after ten
   * seconds or when asked again. Without a running cell nothing happens.
   */
  interrupt(): void {
    const [running] = this.#pending.keys()
    if (!this.alive || running === undefined) return
    this.#child.kill('SIGINT')
    this.#send({ type: 'interrupt', id: running })
  }

  /** Ends the kernel and what it started: asks first, after `graceMs` (default 2000) kills the process group. Safe to call twice. */
  close(graceMs = 2000): Promise<void> {
    this.#closing ??= this.#end(graceMs)
    return this.#closing
  }

  async #end(graceMs: number): Promise<void> {
    if (this.alive) {
      this.#send({ type: 'shutdown' })
      const timer = setTimeout(() => this.#killGroup(), graceMs)
      await this.exited
      clearTimeout(timer)
    }
    this.#killGroup()
    if (this.#child.connected) this.#child.disconnect()
  }

  #killGroup(): void {
    if (this.#child.pid === undefined) return
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL')
      else process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // ESRCH: the group is empty, which is what was wanted.
    }
  }

  #send(request: KernelRequest): void {
    if (this.#child.connected) this.#child.send(request)
  }

  #receive(message: KernelMessage, onLateError: KernelOptions['onLateError']): void {
    if (message.type === 'late-error') {
      this.lateErrors.push(message.content)
      onLateError?.(message.content)
    } else if (message.type === 'reply') {
      const pending = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      pending?.resolve(message.content)
    } else if (message.type === 'answer') {
      const question = this.#questions.get(message.id)
      this.#questions.delete(message.id)
      if ('value' in message.content) question?.resolve(message.content.value)
      else if ('error' in message.content) question?.reject(questionFailed(message.content.error))
      else question?.resolve(undefined) // an undefined value does not travel
    } else if (message.type !== 'ready' && message.type !== 'failed') this.#pending.get(message.id)?.onMessage?.(message)
  }

  #died(): LabError {
    const { code, signal } = this.#exit ?? { code: null, signal: null }
    return new LabError('kernel-died', 'The notebook kernel ended while it was needed.', {
      received: signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`,
      expected: 'a kernel that runs until the last cell is done',
      help:
        signal === 'SIGKILL'
          ? 'the system may have run out of memory: look at the memory it needs, or use fewer bars'
          : 'look for process.exit() in the notebook, and at the log of the run',
    })
  }
}

const questionFailed = ({ ename, evalue, lab }: ErrorContent): LabError =>
  new LabError(
    lab?.code ?? 'kernel-question-failed',
    lab === undefined ? `The kernel could not look at its values: ${ename}: ${evalue}` : evalue,
    {
      ...lab,
    },
  )
