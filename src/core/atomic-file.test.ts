import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendLineSync, fileError, writeFileAtomicSync, writeJsonAtomicSync } from './atomic-file.js'
import { isLabError } from './errors.js'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'atomic-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('atomic files', () => {
  it('replaces the whole file, makes missing folders and leaves no temporary file', () => {
    const path = join(folder, 'deep/er/file.txt')
    writeFileAtomicSync(path, 'one, quite a bit longer')
    writeFileAtomicSync(path, 'two')
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['file.txt'])
  })

  it('leaves the old file and no litter when the new one cannot be written', () => {
    const path = join(folder, 'file.txt')
    writeFileAtomicSync(path, 'old')
    expect(() => writeFileAtomicSync(path, { toString: () => 'not content' } as unknown as string)).toThrow()
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['file.txt'])
  })

  it('writes equal values as equal bytes', () => {
    writeJsonAtomicSync(join(folder, 'a.json'), { b: 1, a: [0.1] })
    writeJsonAtomicSync(join(folder, 'b.json'), { a: [0.1], b: 1 })
    expect(readFileSync(join(folder, 'a.json'))).toEqual(readFileSync(join(folder, 'b.json')))
  })

  it('appends whole lines', () => {
    appendLineSync(join(folder, 'log/events.jsonl'), '{"a":1}')
    appendLineSync(join(folder, 'log/events.jsonl'), '{"a":2}')
    expect(readFileSync(join(folder, 'log/events.jsonl'), 'utf8')).toBe('{"a":1}\n{"a":2}\n')
  })

  it('says what to do when the disk is full', () => {
    const error = fileError(Object.assign(new Error('write'), { code: 'ENOSPC' }), '/x/y')
    expect(isLabError(error) && error.code).toBe('disk-full')
  })
})
