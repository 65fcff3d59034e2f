import { closeSync, openSync, writeSync } from 'node:fs'
import { plainText, systemClock } from '../core/index.js'
import type { CellMessage, ErrorContent } from './kernel/protocol.js'

/** Longest text of one display on the terminal; the whole stands in the executed notebook. */
const MAX_LINES = 40
/** Where a line cannot be redrawn, a progress display is printed again at most this often. */
const PROGRESS_EVERY_MS = 5000

/**
 * What a person sees while a notebook runs, and the same in `run.log`. On a terminal progress is redrawn on one line; elsewhere it is a line every few seconds.
 * `close()` is safe to call twice.
 */
export class RunConsole {
  private fd: number | undefined
  private progressShown = false
  private lastProgress = -Infinity

  /** @param logPath appended to; undefined: no log @param quiet nothing on the terminal */
  constructor(
    logPath: string | undefined,
    private readonly quiet = false,
  ) {
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
    this.write(
      `${indent([`${ename}: ${evalue}`, ...traceback.filter((line) => !evalue.includes(line) && line !== `${ename}: ${evalue}`)].join('\n'))}\n`,
      process.stderr,
    )
  }

  close(): void {
    this.endProgress()
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }

  private progress(text: string | undefined): void {
    if (text === undefined) return
    if (!this.quiet && process.stdout.isTTY) {
      const width = (process.stdout.columns ?? 80) - 1
      process.stdout.write(`\r\u001b[K${indent(text).slice(0, width)}`)
      this.progressShown = true
      return
    }
    const now = systemClock.monotonic()
    if (now - this.lastProgress < PROGRESS_EVERY_MS) return
    this.lastProgress = now
    this.line(indent(text))
  }

  private endProgress(): void {
    if (this.progressShown) process.stdout.write('\n')
    this.progressShown = false
  }

  private write(text: string, stream: NodeJS.WriteStream): void {
    this.endProgress()
    if (!this.quiet) stream.write(text)
    if (this.fd !== undefined) writeSync(this.fd, text)
  }
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, '    ')

function shorten(text: string): string {
  const lines = text.split('\n')
  return lines.length <= MAX_LINES ? text : [...lines.slice(0, MAX_LINES), `... ${lines.length - MAX_LINES} more lines`].join('\n')
}
