import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readInstalled } from '../native/installed.js'
import { checkLightgbm, checkSidecar, checkXgboost } from './doctor-libraries.js'

const installed = readInstalled()
if (installed === undefined)
  process.stderr.write('The passing checks of the libraries are skipped: this machine is not set up (npm run setup)\n')

describe('the libraries of the fits', () => {
  it.skipIf(installed === undefined)('work on a machine that is set up', async () => {
    expect(await checkLightgbm(installed)).toMatchObject({ status: 'ok', value: expect.stringMatching(/^\d+\.\d+/) as string })
    expect(await checkXgboost(installed)).toMatchObject({
      name: 'XGBoost',
      status: 'ok',
      value: expect.stringMatching(/^\d+\.\d+/) as string,
    })
    expect(await checkSidecar(installed)).toMatchObject({ status: 'ok', value: expect.stringMatching(/^scikit-learn \d/) as string })
  })

  it('are a problem before set-up', async () => {
    for (const check of [await checkLightgbm(undefined), await checkXgboost(undefined), await checkSidecar(undefined)])
      expect(check).toMatchObject({ status: 'problem', cure: 'npm run setup' })
  })
})

describe('libraries that are there but do not work', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'barlab-libraries-'))
    vi.stubEnv('BARLAB_CACHE', folder)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are a problem each, with what was met and a cure', async () => {
    mkdirSync(join(folder, 'lightgbm/lib'), { recursive: true })
    writeFileSync(join(folder, 'lightgbm/lib/lib_lightgbm.so'), 'not a library')
    mkdirSync(join(folder, 'xgboost/lib'), { recursive: true })
    writeFileSync(join(folder, 'xgboost/lib/libxgboost.so'), 'not a library')
    const stamp = {
      stampVersion: 1,
      fingerprint: 'one',
      device: 'cpu',
      python: { executable: join(folder, 'no-python'), version: '3.12.4' },
      sitePackages: folder,
      tensorflow: null,
      addon: null,
      problems: [],
    }
    writeFileSync(join(folder, 'setup.json'), JSON.stringify(stamp))
    const broken = readInstalled()
    expect(await checkLightgbm(broken)).toMatchObject({
      status: 'problem',
      value: expect.stringContaining('could not be loaded') as string,
      cure: expect.stringContaining('libgomp1') as string,
    })
    expect(await checkXgboost(broken)).toMatchObject({
      status: 'problem',
      value: expect.stringContaining('could not be loaded') as string,
      cure: expect.stringContaining('npm run setup -- --force') as string,
    })
    expect(await checkSidecar(broken)).toMatchObject({
      status: 'problem',
      value: expect.stringContaining('no-python') as string,
      cure: 'npm run setup',
    })
  })
})
