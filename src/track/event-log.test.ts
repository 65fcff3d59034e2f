import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { appendEvent, readEvents } from './event-log.js'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'events-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const event = (n: number) => ({ time: '2026-11-21T06:30:12.000Z', type: 'step', n })

it('gives back what was written, in order; nothing where there is no file', () => {
  expect(readEvents(folder)).toEqual([])
  appendEvent(folder, event(1))
  appendEvent(folder, event(2))
  expect(readEvents(folder)).toEqual([event(1), event(2)])
})

it('leaves out a torn last line, and does not lose the event written after it', () => {
  appendEvent(folder, event(1))
  appendFileSync(join(folder, 'events.jsonl'), '{"time":"2026-11-21T06:30:12.000Z","ty')
  expect(readEvents(folder)).toEqual([event(1)])
  appendEvent(folder, event(2))
  expect(readEvents(folder)).toEqual([event(1), event(2)])
})
