import { fork, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { LabError, projectPath, projectRoot } from '../../core/index.js'
import type { FigureSpec } from '../figure-spec.js'

export interface PictureRequest {
  readonly name: string
  readonly spec: FigureSpec
  readonly width: number
  readonly height: number
  readonly format: 'svg' | 'png'
  /** Pixels of a PNG per unit of the figure. */
  readonly scale: number
}

interface Reply {
  readonly id: number
  readonly picture?: string | Uint8Array
  readonly error?: { readonly message: string; readonly code?: string }
}

interface Waiting {
  readonly resolve: (picture: string | Uint8Array) => void
  readonly reject: (error: unknown) => void
}

/** A figure takes a fifth of a second; a stuck one must not hold a notebook for long. Counted from the picture before, however many wait. */
const PICTURE_TIMEOUT_MS = 20_000
const IDLE_MS = 30_000
/** How much of the child's stderr is kept for the message of a crash. */
const KEPT_STDERR = 2000

/**
 * The child process that draws pictures: started at the first request, used for all that follow, ended when idle. It never keeps this process
 * alive by itself, and ends with it. `close()` is safe to call twice.
 */
export class RendererProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #stderr = ''
  #nextId = 0
  #idle: NodeJS.Timeout | undefined
  #overdue: NodeJS.Timeout | undefined
  #closed = false

  private constructor(entry: string) {
    this.#child = fork(entry, [], {
      cwd: projectRoot(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr!.on('data', (text: Buffer) => (this.#stderr = (this.#stderr + text.toString()).slice(-KEPT_STDERR)))
    this.#child.on('message', (reply) => this.#settle(reply as Reply))
    this.#child.on('error', (error) => this.#end(error.message))
    this.#child.on('exit', (code, signal) => this.#end(`it ended with ${signal ?? `exit code ${code}`}`))
    this.#hold(false)
  }

  static open(entry: string = projectPath('src/report/picture/renderer.mjs')): RendererProcess {
    return new RendererProcess(entry)
  }

  get closed(): boolean {
    return this.#closed
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** @throws LabError `picture-failed` (this figure cannot be drawn), `picture-process` (the child ended or did not answer), `no-fonts`. */
  draw(request: PictureRequest): Promise<string | Uint8Array> {
    const id = this.#nextId++
    clearTimeout(this.#idle)
    this.#hold(true)
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#expectPicture()
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, ...request }, (error) => {
        if (error !== null) this.#end(error.message)
      })
    })
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect()
    this.#end('it was closed')
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    if (reply.picture !== undefined) waiting.resolve(reply.picture)
    else waiting.reject(pictureError(reply.error?.code, reply.error?.message ?? 'no reason given'))
    if (this.#waiting.size > 0) return this.#expectPicture()
    clearTimeout(this.#overdue)
    this.#hold(false)
    this.#idle = setTimeout(() => this.close(), IDLE_MS).unref()
  }

  #expectPicture(): void {
    clearTimeout(this.#overdue)
    this.#overdue = setTimeout(() => {
      this.#child.kill('SIGKILL')
      this.#end(`it did not answer within ${PICTURE_TIMEOUT_MS / 1000} s`)
    }, PICTURE_TIMEOUT_MS)
  }

  #end(reason: string): void {
    this.#closed = true
    for (const timer of [this.#idle, this.#overdue]) clearTimeout(timer)
    const error = new LabError('picture-process', 'The process that draws pictures is gone.', {
      received: [reason, this.#stderr.trim()].filter(Boolean).join('\n'),
      expected: 'a picture of the figure',
      help: 'run npm ci if jsdom, plotly.js-dist-min or @resvg/resvg-js is missing; the interactive figure does not need it',
    })
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#hold(false)
  }

  /** While something waits for a picture this process must live; in between the child must not keep it alive. */
  #hold(needed: boolean): void {
    const stderr = this.#child.stderr as Socket | null
    if (needed) {
      this.#child.ref()
      this.#child.channel?.ref()
    } else {
      this.#child.unref()
      this.#child.channel?.unref()
      stderr?.unref()
    }
  }
}

function pictureError(code: string | undefined, message: string): LabError {
  if (code === 'no-fonts')
    return new LabError('no-fonts', 'A PNG cannot be drawn: no font is installed on this machine.', {
      expected: 'at least one TrueType font',
      help: 'apt-get install fonts-dejavu-core, or use renderSvg(), whose text the reader draws',
    })
  return new LabError('picture-failed', 'Plotly could not draw the figure.', {
    received: message,
    expected: 'a valid Plotly figure',
    help: 'look at the data and layout that were passed to figure()',
  })
}
