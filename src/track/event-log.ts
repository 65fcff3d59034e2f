import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { appendLineSync, stableJson } from '../core/index.js'

export interface RunEvent {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly type: string
  readonly [detail: string]: unknown
}

const eventFile = (folder: string): string => join(folder, 'events.jsonl')

/** Adds one line to events.jsonl. Any number of processes may write at once. */
export function appendEvent(folder: string, event: RunEvent): void {
  const path = eventFile(folder)
  // A process killed in the middle of a long line leaves it open: close it, so that this event does not become a part of it.
  appendLineSync(path, `${endsOpen(path) ? '\n' : ''}${stableJson(event)}`)
}

function endsOpen(path: string): boolean {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    const { size } = fstatSync(fd)
    const last = Buffer.alloc(1)
    return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a
  } finally {
    closeSync(fd)
  }
}

/** Events in the order they were written; empty where there is no file. A line torn by a kill is left out, whole ones around it are kept. */
export function readEvents(folder: string): RunEvent[] {
  let text: string
  try {
    text = readFileSync(eventFile(folder), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as RunEvent]
    } catch {
      return []
    }
  })
}
