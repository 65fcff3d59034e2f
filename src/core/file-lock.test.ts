import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from './file-lock.js'
import { projectPath } from './paths.js'
import { isAlive, processIdentity } from './process-identity.js'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lock-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('process identity', () => {
  it('knows this process as alive and an ended one as gone', () => {
    expect(isAlive(processIdentity())).toBe(true)
    const ended = spawnSync(process.execPath, ['-e', '0'])
    expect(isAlive({ ...processIdentity(), pid: ended.pid, startTicks: '1' })).toBe(false)
  })

  it('is not fooled by a reused pid: other start time, or other boot', () => {
    expect(isAlive({ ...processIdentity(), startTicks: '1' })).toBe(false)
    expect(isAlive({ ...processIdentity(), bootId: 'another boot' })).toBe(false)
  })
})

describe('withFileLock', () => {
  it('lets one at a time through, between processes', async () => {
    const counter = join(folder, 'counter')
    writeFileSync(counter, '0')
    const program = `
      import { readFileSync, writeFileSync } from 'node:fs'
      import { withFileLock } from ${JSON.stringify(projectPath('src/core/file-lock.ts'))}
      for (let i = 0; i < 25; i++) await withFileLock(${JSON.stringify(join(folder, 'lock'))}, async () => {
        const n = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
        await new Promise((resolve) => setImmediate(resolve))
        writeFileSync(${JSON.stringify(counter)}, String(n + 1))
      }, { timeoutMs: 60000 })`
    const file = join(folder, 'program.mts')
    writeFileSync(file, program)
    const codes = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise((resolve) =>
            spawn(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit', cwd: projectPath() }).on('exit', resolve),
          ),
      ),
    )
    expect(codes).toEqual([0, 0, 0])
    expect(readFileSync(counter, 'utf8')).toBe('75')
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })

  it('takes over the lock of a process that is gone', async () => {
    const ended = spawnSync(process.execPath, ['-e', '0'])
    writeFileSync(join(folder, 'lock'), JSON.stringify({ ...processIdentity(), pid: ended.pid, startTicks: '1' }))
    expect(await withFileLock(join(folder, 'lock'), () => 'mine')).toBe('mine')
  })

  it('gives up with a message that names the owner, and releases after an error', async () => {
    const path = join(folder, 'lock')
    await withFileLock(path, async () => {
      await expect(withFileLock(path, () => 0, { timeoutMs: 50 })).rejects.toMatchObject({
        code: 'lock-timeout',
        received: expect.stringContaining(String(process.pid)) as string,
      })
    })
    await expect(withFileLock(path, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside')
    expect(await withFileLock(path, () => 1)).toBe(1)
  })
})
