import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTensorflow, lstmLayer } from './index.js'

const cache = process.env.BARLAB_CACHE

describe('without an addon', () => {
  beforeAll(() => {
    process.env.BARLAB_CACHE = mkdtempSync(join(tmpdir(), 'barlab-no-addon-'))
  })
  afterAll(() => {
    if (cache === undefined) delete process.env.BARLAB_CACHE
    else process.env.BARLAB_CACHE = cache
  })

  it('computes in pure JavaScript and says why', async () => {
    const loaded = await loadTensorflow({ device: 'auto' })
    expect(loaded.facts).toMatchObject({ inForce: 'cpu', path: 'pure-js' })
    expect(loaded.facts.fallback).toContain('npm run setup')
    expect(loaded.facts.tensorflow).toBeUndefined()
    const out = loaded.tf.tidy(
      () => (lstmLayer(loaded, { units: 2, seed: 1 }).apply(loaded.tf.ones([1, 3, 2])) as { shape: number[] }).shape,
    )
    expect(out).toEqual([1, 2])
  })

  it('stops where the device is required', async () => {
    await expect(loadTensorflow({ device: 'auto', requireDevice: true })).rejects.toMatchObject({ code: 'device-not-available' })
  })
})
