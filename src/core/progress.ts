import { randomUUID } from 'node:crypto'
import { systemClock } from './clock.js'
import { displayBundle, escapeHtml, inNotebook } from './display.js'

/** One step of a long piece of work. `total` undefined: length unknown. */
export interface ProgressEvent {
  readonly id: string
  readonly label: string
  readonly done: number
  readonly total: number | undefined
  readonly detail: string | undefined
  readonly elapsedMs: number
  readonly finished: boolean
}

/** Where progress goes: a notebook, a terminal, a log. */
export type ProgressSink = (event: ProgressEvent) => void

/** A running piece of work. `close()` is safe to call twice. */
export interface Progress {
  update(done: number, detail?: string): void
  close(detail?: string): void
}

let sink: ProgressSink | undefined

/** Sends all progress elsewhere (run events, a service, a test); undefined gives the default back: a display in a notebook, lines on stderr elsewhere. */
export function setProgressSink(next: ProgressSink | undefined): void {
  sink = next
}

/** One line: label, done of total, seconds, detail. */
export function describeProgress(event: ProgressEvent): string {
  const share = event.total === undefined ? String(event.done) : `${event.done}/${event.total}`
  const seconds = (event.elapsedMs / 1000).toFixed(1)
  return `${event.label} ${share} ${seconds}s${event.detail === undefined || event.detail === '' ? '' : `  ${event.detail}`}`
}

const inNotebookSink: ProgressSink = (event) => {
  const bar = event.total === undefined ? '' : `<progress max="${event.total}" value="${event.done}"></progress> `
  const text = describeProgress(event)
  displayBundle(
    { 'text/html': `<div style="font-family:monospace">${bar}${escapeHtml(text)}</div>`, 'text/plain': text },
    { id: event.id, update: started.has(event.id) },
  )
  started.add(event.id)
  if (event.finished) started.delete(event.id)
}
const started = new Set<string>()

const terminalSink: ProgressSink = (event) => void process.stderr.write(`${describeProgress(event)}\n`)

/** Starts a progress display. It is redrawn at most every `everyMs` (default 100 in a notebook, 2000 on a terminal), always at the start and the end. */
export function startProgress(label: string, total?: number, everyMs?: number): Progress {
  const id = `progress-${randomUUID()}`
  const startedAt = systemClock.monotonic()
  let last = -Infinity
  let done = 0
  let closed = false
  const emit = (detail: string | undefined, finished: boolean): void => {
    const now = systemClock.monotonic()
    const interval = everyMs ?? (sink !== undefined || inNotebook() ? 100 : 2000)
    if (!finished && now - last < interval) return
    last = now
    const target = sink ?? (inNotebook() ? inNotebookSink : terminalSink)
    target({ id, label, done, total, detail, elapsedMs: now - startedAt, finished })
  }
  emit(undefined, false)
  return {
    update(next, detail) {
      done = next
      if (!closed) emit(detail, false)
    },
    close(detail) {
      if (closed) return
      closed = true
      emit(detail, true)
    },
  }
}
