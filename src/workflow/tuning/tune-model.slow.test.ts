import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { ownRunsFolder } from '../../../test/fixtures/own-runs-folder.js'
import { smallStudy } from '../../../test/fixtures/study-parent.js'
import { createRng, projectPath, projectRoot } from '../../core/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { tuneModel, type TunedModel } from './tune-model.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('study crash tests are skipped: no Python environment (npm run setup)\n')
const runs = ownRunsFolder('study-kill')
const folder = mkdtempSync(join(tmpdir(), 'barlab-study-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const content = ({ trials }: TunedModel) =>
  trials.map(({ number, state, params, value, steps, retryOf }) => ({ number, state, params, value, steps, retryOf }))

/** Runs the study in a process of its own and kills it a while after it has told so many trials. @returns how many it had told, and whether it was killed before its end */
async function tuneAndKill(storage: string, study: string, afterTold: number, delayMs: number): Promise<{ told: number; killed: boolean }> {
  const loader = pathToFileURL(createRequire(projectPath('package.json')).resolve('tsx')).href
  const parent = spawn(process.execPath, ['--import', loader, projectPath('test/fixtures/study-parent.ts'), storage, study], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BARLAB_ROOT: projectRoot(), BARLAB_RUNS_DIR: runs },
  })
  let told = 0
  let timer: NodeJS.Timeout | undefined
  const killLater = (): void => void (timer = setTimeout(() => parent.kill('SIGKILL'), delayMs))
  if (afterTold === 0) killLater()
  createInterface({ input: parent.stdout }).on('line', () => {
    if (++told === afterTold) killLater()
  })
  const killed = await new Promise<boolean>((resolve) => parent.once('close', (_, signal) => resolve(signal === 'SIGKILL')))
  clearTimeout(timer)
  return { told, killed }
}

describe.skipIf(!ready)('a study whose process is killed', () => {
  it('goes on where it was, again and again, and has the trials of one that was not, wherever the kill fell', async () => {
    const storage = `sqlite:///${join(folder, 'studies.db')}`
    const startedAt = performance.now()
    const whole = content(await tuneModel(smallStudy(storage, 'whole')))
    const wholeMs = performance.now() - startedAt
    expect(whole.map(({ state }) => state)).toContain('pruned')
    const rng = createRng(5, 'study-kill')
    let kills = 0
    let midway = 0
    for (let round = 0; round < 4; round++) {
      // Twice into the same study: the second may fall into what the first one left.
      for (let time = 0; time < 2; time++) {
        // The first in the first batch's telling or in what follows, with a batch still to come; the second anywhere.
        const [afterTold, delayMs] = time === 0 ? [1 + rng.int(4), (wholeMs * rng.next()) / 4] : [0, wholeMs * (0.3 + rng.next())]
        const { told, killed } = await tuneAndKill(storage, `killed-${round}`, afterTold, delayMs)
        kills += Number(killed)
        midway += Number(killed && told > 0)
      }
      expect(content(await tuneModel(smallStudy(storage, `killed-${round}`)))).toEqual(whole)
    }
    expect(kills).toBeGreaterThan(2)
    expect(midway).toBeGreaterThan(2)
  })
})
