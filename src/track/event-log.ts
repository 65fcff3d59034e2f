import { join } from 'node:path'
import { appendJsonLine, readJsonLines } from './json-lines.js'

/** One line of events.jsonl. */
export interface RunEvent {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly type: string
  readonly [detail: string]: unknown
}

const eventFile = (folder: string): string => join(folder, 'events.jsonl')

/** Adds one line to events.jsonl. Any number of processes may write at once. */
export const appendEvent = (folder: string, event: RunEvent): void => appendJsonLine(eventFile(folder), event)

/** Events in the order they were written; empty where there is no file. A line torn by a kill is left out, whole ones around it are kept. */
export const readEvents = (folder: string): RunEvent[] => readJsonLines<RunEvent>(eventFile(folder))
