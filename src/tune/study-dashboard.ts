import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Socket } from 'node:net'
import { DISPLAY, EXIT, LabError, projectPath, systemClock, type Displayable, type MimeBundle } from '../core/index.js'
import { readInstalled } from '../native/installed.js'
import { prepareStorage, storageExists, storageName } from './study-storage.js'

export interface StudyDashboardOptions {
  /** See `studyStorage`. */
  readonly storage: string
  /** Default: any that is free. */
  readonly port?: number
}

const READY_WITHIN_MS = 60_000
const PORT_TAKEN = 98

/**
 * optuna-dashboard in a Python child, on this machine alone (127.0.0.1; it has no password). In a notebook it shows itself as a link. It ends with this process, and
 * does not keep it from ending.
 */
export class StudyDashboard implements Displayable {
  private constructor(
    /** Where the browser finds it. */
    readonly url: string,
    readonly pid: number,
    readonly storage: string,
    private readonly child: ChildProcess,
    private readonly exited: Promise<void>,
  ) {}

  /**
   * Starts it and waits until it answers.
   * @throws LabError `no-database` where there is none yet, `port-taken`, `no-python`, `dashboard-not-started`
   */
  static async open({ storage, port = 0 }: StudyDashboardOptions): Promise<StudyDashboard> {
    const installed = readInstalled()
    if (installed === undefined)
      throw new LabError('no-python', "The project's Python cannot be used.", {
        received: 'no set-up on this machine',
        expected: 'the environment that set-up makes',
        help: 'npm run setup',
      })
    prepareStorage(storage)
    if (!storageExists(storage))
      throw new LabError('no-database', 'There are no studies yet.', {
        received: storageName(storage),
        expected: 'the database of a study',
        help: 'npm run tune -- --model lightgbm --trials 10',
        exitCode: EXIT.usage,
      })
    // The interpreter and a file: the script that pip installs holds an absolute path, and cannot be told to end with its parent.
    const script = projectPath('src', 'tune', 'python', 'study_dashboard.py')
    const child = spawn(installed.python.executable, ['-u', script], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, PYTHONPATH: '', PYTHONHOME: undefined, PYTHONDONTWRITEBYTECODE: '1' },
    })
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.stdin.on('error', () => {})
    child.stdin.write(`${JSON.stringify({ storage, port, modules: projectPath('src', 'sidecar', 'python') })}\n`)
    try {
      const url = `http://127.0.0.1:${await listeningPort(child, port)}`
      await untilReady(url)
      keepAlive(child, false)
      return new StudyDashboard(url, child.pid!, storage, child, exited)
    } catch (error) {
      child.kill('SIGKILL')
      if (child.pid !== undefined) await exited
      throw error
    }
  }

  /** Resolves when it has ended, by {@link close} or otherwise. */
  get ended(): Promise<void> {
    keepAlive(this.child, true)
    return this.exited
  }

  /** Ends it and waits until it is gone. Safe to call twice. */
  async close(): Promise<void> {
    keepAlive(this.child, true)
    this.child.kill('SIGTERM')
    await this.exited
  }

  [DISPLAY](): MimeBundle {
    return {
      'text/html': `<a href="${this.url}/dashboard" target="_blank" rel="noopener">Studies in optuna-dashboard</a>`,
      'text/plain': `Studies: ${this.url}/dashboard`,
    }
  }
}

/** The port in its first line. */
async function listeningPort(child: ChildProcess, asked: number): Promise<number> {
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)))
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(String(cause), cause)))
    child.once('close', (code) =>
      reject(code === PORT_TAKEN ? portTaken(asked) : notStarted(stderr.trim().split('\n').at(-1) ?? `exit code ${code}`)),
    )
    createInterface({ input: child.stdout! }).once('line', (line) => resolve((JSON.parse(line) as { port: number }).port))
  })
}

async function untilReady(url: string): Promise<void> {
  const until = systemClock.monotonic() + READY_WITHIN_MS
  for (;;) {
    const answer = await fetch(`${url}/api/meta`).catch((error: unknown) => error)
    if (answer instanceof Response && answer.ok) return
    if (systemClock.monotonic() > until)
      throw notStarted(answer instanceof Response ? `${url}/api/meta: status ${answer.status}` : `${url}: ${String(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** It must not keep a finished program from ending. */
function keepAlive(child: ChildProcess, wanted: boolean): void {
  for (const part of [child, ...child.stdio] as (Partial<Socket> | null)[])
    if (wanted) part?.ref?.()
    else part?.unref?.()
}

const portTaken = (port: number): LabError =>
  new LabError('port-taken', 'Another program listens on this port.', {
    received: String(port),
    expected: 'a free port',
    help: 'leave --port out: a free one is found',
    exitCode: EXIT.usage,
  })

const notStarted = (received: string, cause?: unknown): LabError =>
  new LabError('dashboard-not-started', 'The dashboard did not start.', {
    received,
    expected: 'an answer of optuna-dashboard',
    help: 'npm run doctor',
    ...(cause !== undefined && { cause }),
  })
