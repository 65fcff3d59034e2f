import { LabError, systemClock, type Clock } from '../../core/index.js'

/** npm passes Ctrl-C on to a process that has it from the terminal already: signals so close together are one. */
const ONE_REQUEST_MS = 500

/**
 * A wish to stop that comes from outside: a signal, a time limit, an AbortSignal. The first one counts; whoever waits is told once.
 * While open it holds SIGINT and SIGTERM of this process; `close()` gives them back.
 */
export class StopRequest {
  /** Settles when something asks to stop. */
  readonly asked: Promise<string>
  /** Called when something asks again: no more grace. */
  onAgain: (() => void) | undefined
  private why: string | undefined
  /** Said by a StopRequest around this one: the signal that it passes on reaches this one too, and is no second wish. */
  private passedOn: string | undefined
  private tell!: (reason: string) => void
  private readonly controller = new AbortController()
  private readonly timer: NodeJS.Timeout | undefined
  private lastSignal = -Infinity
  private readonly onSignal = (signal: NodeJS.Signals): void => {
    const now = this.clock.monotonic()
    const isSame = now - this.lastSignal < ONE_REQUEST_MS
    this.lastSignal = now
    if (!isSame) this.ask(`stopped by ${signal}`)
  }
  private readonly onAbort = (): void => {
    const reason: unknown = this.outside?.reason
    if (this.why !== undefined) return
    this.passedOn = typeof reason === 'string' ? reason : undefined
    this.ask(this.passedOn ?? 'stopped by the program that started it')
  }

  constructor(
    timeoutMs: number | undefined,
    private readonly outside: AbortSignal | undefined,
    private readonly clock: Clock = systemClock,
  ) {
    this.asked = new Promise((resolve) => (this.tell = resolve))
    process.on('SIGINT', this.onSignal).on('SIGTERM', this.onSignal)
    outside?.addEventListener('abort', this.onAbort, { once: true })
    if (outside?.aborted === true) this.onAbort()
    if (timeoutMs !== undefined) this.timer = setTimeout(() => this.ask(`the time limit of ${timeoutMs / 1000} s was reached`), timeoutMs)
  }

  /** Why to stop; undefined as long as nobody asked. */
  get reason(): string | undefined {
    return this.why
  }

  /** Aborts when something asks to stop, with the reason: what is begun with it stops for that. */
  get signal(): AbortSignal {
    return this.controller.signal
  }

  error(): LabError {
    return new LabError('interrupted', `The run was interrupted: ${this.why ?? 'unknown reason'}.`, { exitCode: 75 })
  }

  close(): void {
    clearTimeout(this.timer)
    process.off('SIGINT', this.onSignal).off('SIGTERM', this.onSignal)
    this.outside?.removeEventListener('abort', this.onAbort)
  }

  private ask(reason: string): void {
    if (this.why !== undefined) {
      if (reason !== this.passedOn) this.onAgain?.()
      this.passedOn = undefined
      return
    }
    this.why = reason
    this.tell(reason)
    this.controller.abort(reason)
  }
}
