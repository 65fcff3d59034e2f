import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { killedFits } from '../../../test/fixtures/fit-parent.js'
import { createRng, projectPath, projectRoot } from '../../core/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { fitFolds } from './fit-folds.js'
import type { FoldFit } from './fit-options.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('fold fit crash tests are skipped: no Python environment (npm run setup)\n')

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fit-kill-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const summary = (fits: readonly FoldFit[]) =>
  fits.map(({ fold, model, proba, importance, folder: at }) => ({
    ...{ fold, model, proba, importance },
    files: readdirSync(join(at, 'model')).map((file) => [file, readFileSync(join(at, 'model', file), 'utf8')]),
  }))

/** Runs the fits in a process of their own and kills it after so many events (and a little later, to hit any moment). @returns whether it was killed before its end */
async function fitAndKill(runFolder: string, afterEvents: number, delayMs: number): Promise<boolean> {
  const loader = pathToFileURL(createRequire(projectPath('package.json')).resolve('tsx')).href
  const parent = spawn(process.execPath, ['--import', loader, projectPath('test/fixtures/fit-parent.ts'), runFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BARLAB_ROOT: projectRoot() },
  })
  let events = 0
  createInterface({ input: parent.stdout }).on('line', () => {
    if (++events === afterEvents) setTimeout(() => parent.kill('SIGKILL'), delayMs)
  })
  return new Promise((resolve) => parent.once('close', (code) => resolve(code !== 0)))
}

describe.skipIf(!ready)('fitFolds whose process is killed', () => {
  it('goes on where it was and ends in the same bytes, wherever the kill fell', async () => {
    const whole = summary(await fitFolds(killedFits(join(folder, 'whole'), 1)))
    const rng = createRng(1, 'kill')
    let killed = 0
    let reused = 0
    for (let trial = 0; trial < 12; trial++) {
      const run = join(folder, `run-${trial}`)
      // The call gives 6 started, 6 finished and some 450 progress events.
      if (await fitAndKill(run, 1 + rng.int(440), rng.int(30))) killed++
      const fits = await fitFolds(killedFits(run, 2))
      reused += fits.filter((fit) => fit.reused).length
      expect(summary(fits)).toEqual(whole)
      // Fits only: nothing of the killed call is left, and every fit there is was used.
      expect(readdirSync(join(run, 'fits')).sort()).toEqual(fits.map((fit) => fit.folder.split('/').at(-1)).sort())
    }
    expect(killed).toBeGreaterThan(6)
    expect(reused).toBeGreaterThan(6)
  })
})
