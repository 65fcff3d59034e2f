import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng, projectPath } from '../../core/index.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'

const ready = xgboostLibraryPath() !== undefined
if (!ready) process.stderr.write('The kill test of XGBoost is skipped: no Python environment (npm run setup)\n')

const KILLS = 12
const folder = mkdtempSync(join(tmpdir(), 'xgboost-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** @param killAfter rounds and notices of this child; it is killed at once after so many. @returns what it printed */
function child(everyRounds: number, killAfter = Infinity): Promise<string> {
  const made = spawn(process.execPath, ['--import', 'tsx', projectPath('test/fixtures/boosting-child.ts'), folder, String(everyRounds)], {
    cwd: projectPath(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let complaints = ''
  made.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  made.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (out.split('\n').length > killAfter) made.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    made.once('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(out)
      else reject(new Error(complaints))
    })
  })
}

describe.skipIf(!ready)('an XGBoost fit', () => {
  it('killed again and again at any moment ends with the bytes of one that was not', async () => {
    const whole = /hash (\w+)/.exec(await child(0))![1]
    const rng = createRng(1, 'xgboost-killed')
    let resumed = 0
    for (let i = 0; i < KILLS; i++) {
      const out = await child(3, 5 + rng.int(25))
      expect(out).not.toContain('hash')
      if (out.includes('checkpoint-resumed')) resumed++
    }
    const last = await child(3)
    expect(last).toContain('checkpoint-resumed')
    expect(resumed).toBeGreaterThan(KILLS / 2)
    expect(/hash (\w+)/.exec(last)![1]).toBe(whole)
    // The lock of a killed process, and what it was writing, stand in nobody's way.
    expect(readdirSync(join(folder, 'checkpoints')).filter((name) => name.endsWith('.checkpoint'))).toHaveLength(2)
  })
})
