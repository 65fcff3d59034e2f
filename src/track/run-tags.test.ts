import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../core/index.js'
import { addNote, changeTags, formatRun, formatRunTable, listRuns, readNotes, readRun, readTags, Run, viewRun } from './index.js'
import { useRunsFolder } from './track-test.fixture.js'

useRunsFolder()
const create = (name = 'alpha'): Promise<Run> => Run.create({ name, kind: 'script', parameters: {} })
const code = (expected: string, details: object = {}): Error => expect.objectContaining({ code: expected, ...details }) as Error

describe('tags', () => {
  it('are added once, sorted, removed, also while the run goes on, and shown', async () => {
    const run = await create()
    expect(readTags(run.folder)).toEqual([])
    await changeTags(run.folder, { add: ['keep', 'btc-baseline'] })
    expect(await changeTags(run.folder, { add: ['keep', 'a.1'] })).toEqual(['a.1', 'btc-baseline', 'keep'])
    expect(await changeTags(run.folder, { remove: ['btc-baseline'] })).toEqual(['a.1', 'keep'])
    expect(readRun(run.folder).status).toBe('running')
    expect(listRuns()[0]).toMatchObject({ tags: ['a.1', 'keep'], notes: 0, problems: [] })
    expect(formatRunTable(listRuns())).toMatch(/tags +outcome\n.*a\.1 keep/)
    expect(formatRun(readRun(run.folder), run.folder)).toContain('\ntags:   a.1 keep\n')
    expect(readdirSync(run.folder).sort()).toEqual(['run.json', 'tags.json'])
  })

  it('keep what several writers add at once', async () => {
    const run = await create()
    await Promise.all(['a', 'b', 'c', 'd'].map((tag) => changeTags(run.folder, { add: [tag] })))
    expect(readTags(run.folder)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('refuse sentences, tags that are not there, torn files and deleted runs', async () => {
    const run = await create()
    await expect(changeTags(run.folder, { add: ['Two words'] })).rejects.toThrow(code('bad-tag', { exitCode: 2 }))
    await changeTags(run.folder, { add: ['baseline'] })
    await expect(changeTags(run.folder, { remove: ['basline'] })).rejects.toThrow(code('no-such-tag', { help: 'did you mean baseline?' }))
    writeFileSync(run.path('tags.json'), '["base')
    expect(() => readTags(run.folder)).toThrow(code('tags-unreadable'))
    await expect(changeTags(run.folder, { add: ['x'] })).rejects.toThrow(code('tags-unreadable'))
    expect(listRuns()[0]!.problems).toEqual([expect.stringContaining('tags.json')])
    expect(formatRunTable(listRuns())).toContain('What cannot be read:')
    rmSync(run.folder, { recursive: true })
    await expect(changeTags(run.folder, { add: ['x'] })).rejects.toThrow(code('run-unreadable'))
    expect(existsSync(run.folder)).toBe(false)
  })
})

describe('notes', () => {
  it('are kept in order with their time, past a line torn by a kill, and shown', async () => {
    const run = await create()
    const clock = manualClock(Date.UTC(2026, 10, 21, 6, 30))
    addNote(run.folder, '  wide stop \n', clock)
    writeFileSync(run.path('notes.jsonl'), '{"text": "to', { flag: 'a' })
    clock.advance(60_000)
    addNote(run.folder, 'better after fees', clock)
    expect(readNotes(run.folder)).toEqual([
      { time: '2026-11-21T06:30:00.000Z', text: 'wide stop' },
      { time: '2026-11-21T06:31:00.000Z', text: 'better after fees' },
    ])
    expect(listRuns()[0]).toMatchObject({ notes: 2, latestNote: 'better after fees' })
    expect(formatRun(readRun(run.folder), run.folder)).toContain('note:   2026-11-21 06:31  better after fees')
    expect(viewRun(readRun(run.folder), run.folder).notes).toHaveLength(2)
  })

  it('need a text and a run', async () => {
    const run = await create()
    expect(() => addNote(run.folder, '  ')).toThrow(code('empty-note', { exitCode: 2 }))
    rmSync(run.folder, { recursive: true })
    expect(() => addNote(run.folder, 'x')).toThrow(code('run-unreadable'))
    expect(existsSync(run.folder)).toBe(false)
  })
})
