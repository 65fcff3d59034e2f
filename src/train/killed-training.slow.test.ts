import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng, projectPath } from '../core/index.js'
import { nativeTestsMissing } from '../../test/fixtures/native-addon.js'
import type { KillPoint } from '../../test/fixtures/training-child.js'

const KILLS = 40
const POINTS: KillPoint[] = ['write', 'before-rename', 'after-rename', 'evaluation', 'batch']

const folder = mkdtempSync(join(tmpdir(), 'barlab-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly hash: string | undefined
  readonly skipped: string[]
  /** 1000 * epoch + batch that it went on from; undefined where it was killed before it did. */
  readonly from: number | undefined
  readonly signal: string | null
}

/** @param killAfterMs from outside, counted from the start of the training */
function child(args: readonly string[], killAfterMs?: number): Promise<Ended> {
  const made = spawn(process.execPath, ['--import', 'tsx', projectPath('test/fixtures/training-child.ts'), ...args], {
    cwd: projectPath(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let complaints = ''
  made.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  let timer: NodeJS.Timeout | undefined
  made.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (killAfterMs !== undefined && out.includes('started\n')) timer ??= setTimeout(() => made.kill('SIGKILL'), killAfterMs)
  })
  return new Promise((resolve, reject) => {
    made.once('close', (code, signal) => {
      clearTimeout(timer)
      if (code !== 0 && signal !== 'SIGKILL') return reject(new Error(`the child ended with ${code}, ${signal}\n${complaints}`))
      const lines = (type: string): string[] => [...out.matchAll(new RegExp(`^checkpoint-${type} (.*)$`, 'gm'))].map(([, text]) => text!)
      const resumed = lines('resumed').map((text) => JSON.parse(text) as { epoch: number; batch: number })
      const [from] = [...resumed.map(({ epoch, batch }) => 1000 * epoch + batch), ...(out.includes('begun\n') ? [1000] : [])]
      resolve({ hash: /^hash (\w+)$/m.exec(out)?.[1], skipped: lines('skipped'), from, signal })
    })
  })
}

describe.skipIf(nativeTestsMissing() !== undefined)('a training that is killed', () => {
  it(`${KILLS} times without warning, in steps, writes, renames and evaluations, ends in the bytes of an unbroken one`, async () => {
    const started = performance.now()
    const unbroken = await child([''])
    const wholeMs = performance.now() - started
    expect(unbroken.hash).toMatch(/^[0-9a-f]{64}$/)
    const rng = createRng(3, 'kills')
    const kills: Record<string, number> = {}
    let ended: Ended | undefined
    let before = 1000
    let farthest = before
    const count = (): number => Object.values(kills).reduce((sum, n) => sum + n, 0)
    for (let i = 0; count() < KILLS; i++) {
      if (i > 4 * KILLS) throw new Error(`only ${count()} kills in ${i} starts`)
      const point = POINTS[i % 7]
      ended =
        point === undefined ? await child([folder], rng.next() * 0.1 * wholeMs) : await child([folder, point, String(1 + rng.int(12))])
      const name = point ?? 'from outside'
      if (ended.signal === 'SIGKILL') kills[name] = (kills[name] ?? 0) + 1
      // A kill leaves a whole checkpoint or none: never one that has to be passed over.
      expect(ended.skipped).toEqual([])
      expect(ended.from ?? before, 'goes on, never back').toBeGreaterThanOrEqual(before)
      before = ended.from ?? before
      farthest = Math.max(farthest, before)
      if (ended.hash !== undefined) {
        expect(ended.hash).toBe(unbroken.hash)
        rmSync(folder, { recursive: true, force: true })
        before = 1000
      }
    }
    expect(farthest, 'gone on from').toBeGreaterThan(5000)
    for (const name of [...POINTS, 'from outside']) expect(kills[name], name).toBeGreaterThan(0)
    expect((await child([folder])).hash).toBe(unbroken.hash)
    expect(readdirSync(folder).filter((name) => !/^[0-9a-f]{12}-\d{6}-\d{8}$/.test(name))).toEqual([])
    process.stdout.write(`kills: ${JSON.stringify(kills)}\n`)
  })
})
