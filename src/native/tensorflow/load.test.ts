import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'
import { addonHeaders, addonLinkFlags, addonSources, loadTensorflow, requireTfjs, tensorflowIsLoaded } from './index.js'
import { setTensorflowEnvironment } from './environment.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { existsSync } from 'node:fs'

const require = createRequire(projectPath('package.json'))

describe('the environment of TensorFlow', () => {
  it('hides the cards from the CPU, pins one otherwise, and has one thread in the pool', () => {
    const cpu = {}
    setTensorflowEnvironment('cpu', cpu)
    expect(cpu).toMatchObject({ CUDA_VISIBLE_DEVICES: '-1', TF_NUM_INTRAOP_THREADS: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true' })
    expect(cpu).toMatchObject({ TF_DETERMINISTIC_OPS: '1', CUBLAS_WORKSPACE_CONFIG: ':4096:2' })
    const second = { CUDA_VISIBLE_DEVICES: '1', TF_CPP_MIN_LOG_LEVEL: '0' }
    setTensorflowEnvironment('cuda', second)
    expect(second).toMatchObject({ CUDA_VISIBLE_DEVICES: '1', TF_CPP_MIN_LOG_LEVEL: '0' })
    const fresh = {}
    setTensorflowEnvironment('auto', fresh)
    expect(fresh).toMatchObject({ CUDA_VISIBLE_DEVICES: '0' })
  })
})

describe('the sources of the addon', () => {
  it('are all there, for the compiler and for the hash', () => {
    const sources = addonSources({ tensorflowFolder: '/tf' })
    for (const { file } of sources) expect(existsSync(file), file).toBe(true)
    for (const file of addonHeaders()) expect(existsSync(file), file).toBe(true)
    expect(sources.map(({ file }) => file.split('/').at(-1))).toEqual([
      ...[
        'tfjs_backend.cc',
        'tfjs_binding.cc',
        'lstm-op.cc',
        'gru-op.cc',
        'update-op.cc',
        'cross-entropy-op.cc',
        'linear-op.cc',
        'lstm-steps-op.cc',
      ],
      ...['lstm.cc', 'gru.cc', 'linear.cc', 'update.cc'],
    ])
    expect(sources.at(-1)!.flags).toContain('-ffp-contract=off')
    expect(addonSources({ tensorflowFolder: '/tf', portable: true }).at(-1)!.flags).toContain('-march=x86-64-v3')
    expect(addonLinkFlags('/tf')).toContain('-Wl,-rpath,/tf')
  })
})

describe('importing danfojs', () => {
  it('shares the tfjs of the project and loads no native library', () => {
    const danfo = require('danfojs-node') as { tensorflow: { ENV: unknown; engine(): unknown } }
    expect(danfo.tensorflow.ENV).toBe(requireTfjs().ENV)
    expect(danfo.tensorflow.engine()).toBe(requireTfjs().engine())
    expect(tensorflowIsLoaded()).toBe(false)
  })
})

describe.skipIf(nativeTestsMissing() !== undefined)('loading TensorFlow', () => {
  it('works on the oldest and newest Node, once, and says what is in force', async () => {
    const util = require('node:util') as Record<string, unknown>
    const removed = util.isNullOrUndefined
    delete util.isNullOrUndefined
    const first = await loadTensorflow({ device: 'cpu' })
    expect(typeof util.isNullOrUndefined).toBe('function')
    if (removed !== undefined) util.isNullOrUndefined = removed
    expect(first.facts).toEqual({
      inForce: 'cpu',
      path: 'fused-cpu',
      trainingOps: 'fused-cpu',
      tensorflow: expect.stringMatching(/^2\.\d+/) as string,
    })
    expect(first.tf.getBackend()).toBe('tensorflow')
    expect(tensorflowIsLoaded()).toBe(true)
    expect((await loadTensorflow({ device: 'auto', requireDevice: true })).tf).toBe(first.tf)
    expect(first.tf.engine()).toBe(requireTfjs().engine())
    expect(first.tf.tidy(() => first.tf.topk([1, 3, 2], 2).values.dataSync())).toEqual(Float32Array.of(3, 2))
  })

  it('does not pretend to change the device of a process', async () => {
    await expect(loadTensorflow({ device: 'cuda' })).rejects.toMatchObject({ code: 'tensorflow-device-fixed' })
  })
})
