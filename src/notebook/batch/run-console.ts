import { closeSync, openSync, writeSync } from 'node:fs'
import { fileError, plainText, systemClock } from '../../core/index.js'
import type { CellMessage, ErrorContent } from '../kernel/protocol.js'

/** Longest text of one display on the terminal; the whole stands in the executed notebook. */
const MAX_LINES = 40
/** Where a line cannot be redrawn, a progress display is printed again at most this often. */
const PROGRESS_EVERY_MS = 5000

/**
 * What a person sees while a notebook runs, and the same in `run.log`. On a terminal progress is redrawn on one line; elsewhere it is a line every few seconds.
 * `close()` is safe to call twice.
 */
export class RunConsole {
  /** Why the log could not be written on; the run must not count as a success then. Nothing is thrown: output arrives in event handlers. */
  failure: Error | undefined
  private fd: number | undefined
  private progressShown = false
  private lastProgress = -Infinity
  /** The latest progress that was too soon after the one before to be printed. */
  private heldProgress: string | undefined

  private readonly quiet: boolean
  private readonly label: string

  /** @param logPath appended to; undefined: no log @param quiet nothing on the terminal @param label in front of each line on the terminal, not in the log */
  constructor(
    private readonly logPath: string | undefined,
    { quiet = false, label = '' }: { readonly quiet?: boolean; readonly label?: string } = {},
  ) {
    this.quiet = quiet
    this.label = label
    this.fd = logPath === undefined ? undefined : openSync(logPath, 'a')
  }

  line(text: string): void {
    this.write(`${text}\n`, process.stdout)
  }

  /** Output that no cell owns: native libraries, logs. */
  raw(text: string): void {
    this.write(text, process.stderr)
  }

  message(message: CellMessage): void {
    if (message.type === 'stream')
      this.write(indent(message.content.text), message.content.name === 'stderr' ? process.stderr : process.stdout)
    else if (message.type === 'error') this.error(message.content)
    else if (message.type === 'update_display_data') this.progress(plainText(message.content.data))
    else {
      const text = plainText(message.content.data)
      if (text !== undefined) this.line(indent(shorten(text)))
    }
  }

  error({ ename, evalue, traceback }: ErrorContent): void {
    const title = `${ename}: ${evalue}`
    const rest = traceback.filter((line) => !evalue.includes(line) && line !== title)
    // The traceback of an error for persons begins with its message.
    const lines = rest[0]?.startsWith(evalue) === true && evalue !== '' ? rest : [title, ...rest]
    this.write(`${indent(lines.join('\n'))}\n`, process.stderr)
  }

  close(): void {
    this.endProgress()
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }

  private progress(text: string | undefined): void {
    if (text === undefined) return
    const redraw = !this.quiet && this.label === '' && process.stdout.isTTY
    if (redraw) {
      const width = (process.stdout.columns ?? 80) - 1
      process.stdout.write(`\r\u001b[K${indent(text).slice(0, width)}`)
      this.progressShown = true
    }
    this.heldProgress = text
    if (systemClock.monotonic() - this.lastProgress >= PROGRESS_EVERY_MS) this.printProgress()
  }

  /** Progress as a line of its own, for the log and for a terminal that cannot be redrawn. */
  private printProgress(): void {
    if (this.heldProgress === undefined) return
    const line = `${indent(this.heldProgress)}\n`
    this.heldProgress = undefined
    this.lastProgress = systemClock.monotonic()
    if (!this.quiet && (this.label !== '' || !process.stdout.isTTY)) process.stdout.write(this.labelled(line))
    this.log(line)
  }

  private endProgress(): void {
    this.printProgress()
    if (this.progressShown) process.stdout.write('\n')
    this.progressShown = false
  }

  private write(text: string, stream: NodeJS.WriteStream): void {
    this.endProgress()
    if (!this.quiet) stream.write(this.labelled(text))
    this.log(text)
  }

  private labelled(text: string): string {
    return this.label === '' ? text : text.replace(/^(?=.)/gm, `${this.label} | `)
  }

  private log(text: string): void {
    if (this.fd === undefined || this.failure !== undefined) return
    try {
      writeSync(this.fd, text)
    } catch (error) {
      this.failure = fileError(error, this.logPath!) as Error
    }
  }
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, '    ')

function shorten(text: string): string {
  const lines = text.split('\n')
  return lines.length <= MAX_LINES ? text : [...lines.slice(0, MAX_LINES), `... ${lines.length - MAX_LINES} more lines`].join('\n')
}
