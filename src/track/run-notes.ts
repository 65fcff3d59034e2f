import { join } from 'node:path'
import { EXIT, LabError, systemClock, type Clock } from '../core/index.js'
import { appendJsonLine, readJsonLines } from './json-lines.js'
import { readStoredRun } from './run-record.js'

/** A note and when it was written. */
export interface RunNote {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly text: string
}

const noteFile = (folder: string): string => join(folder, 'notes.jsonl')

/** Adds a note to a run, also to one that is going on. Notes are never changed. @throws LabError `empty-note`, `run-unreadable`, `disk-full`, `not-writable` */
export function addNote(folder: string, text: string, clock: Clock = systemClock): RunNote {
  // Writing into a deleted folder would make it again.
  readStoredRun(folder)
  if (text.trim() === '')
    throw new LabError('empty-note', 'A note needs a text.', {
      received: JSON.stringify(text),
      expected: 'a sentence',
      help: 'npm run runs -- note ID "what I learnt from it"',
      exitCode: EXIT.usage,
    })
  const note = { time: new Date(clock.now()).toISOString(), text: text.trim() }
  appendJsonLine(noteFile(folder), note)
  return note
}

/** Notes in the order they were written; one torn by a kill is left out. */
export const readNotes = (folder: string): RunNote[] => readJsonLines<RunNote>(noteFile(folder))
