import pino, { type Logger } from 'pino'

let root: Logger | undefined

/** Root logger: JSON lines on stderr, level from LOG_LEVEL (default info). Doors may replace it once by {@link setLogger}. */
export function logger(): Logger {
  root ??= pino({ level: (process.env.LOG_LEVEL ?? 'info').toLowerCase(), base: null }, pino.destination({ dest: 2, sync: true }))
  return root
}

/** Replaces the logger of this process. */
export function setLogger(next: Logger): void {
  root = next
}
