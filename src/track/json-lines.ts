import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { appendLineSync, stableJson } from '../core/index.js'

/** Adds one value as a line of its own. Any number of processes may write at once. */
export function appendJsonLine(path: string, value: unknown): void {
  // A process killed in the middle of a long line leaves it open: close it, so that this value does not become a part of it.
  appendLineSync(path, `${endsOpen(path) ? '\n' : ''}${stableJson(value)}`)
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

/** Values in the order they were written; empty where there is no file. A line torn by a kill is left out, whole ones around it are kept. */
export function readJsonLines<T>(path: string): T[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as T]
    } catch {
      return []
    }
  })
}
