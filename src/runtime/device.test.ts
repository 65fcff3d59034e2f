import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeDevice, detectDevice, resolveDevicePolicy, type DeviceFindings } from './index.js'

describe('the device policy', () => {
  it.each([
    ['cpu', 'cuda', 'cuda', 'cpu'],
    ['auto', 'cuda', 'cuda', 'auto'],
    [undefined, 'cuda', 'cpu', 'cuda'],
    [undefined, undefined, 'cpu', 'cpu'],
    [undefined, '', 'cuda', 'cuda'],
    [undefined, undefined, undefined, 'auto'],
  ])('flag %s, BARLAB_DEVICE %s, configuration %s: %s', (flag, env, config, expected) => {
    expect(resolveDevicePolicy({ flag, env, config })).toBe(expected)
  })

  it('names the source of a word it does not know, also where another source wins', () => {
    expect(() => resolveDevicePolicy({ flag: 'cpu', env: 'cdua' })).toThrow(
      expect.objectContaining({ code: 'bad-device', received: 'BARLAB_DEVICE cdua', help: 'did you mean cuda?', exitCode: 2 }) as Error,
    )
  })
})

describe('what is said about the device', () => {
  const card = { name: 'NVIDIA H200', driver: '570.86.15' }
  const base: DeviceFindings = {
    policy: 'auto',
    tensorflow: { inForce: 'cuda', path: 'cudnn', trainingOps: 'tfjs', tensorflow: '2.21.0' },
    gpus: [card],
    installed: { device: 'cuda' },
    visibleDevices: undefined,
  }

  it('names card, driver, TensorFlow and path', () => {
    expect(describeDevice(base)).toEqual({
      requested: 'auto',
      inForce: 'cuda',
      path: 'cudnn',
      card: 'NVIDIA H200',
      driver: '570.86.15',
      tensorflow: '2.21.0',
      banner: 'device cuda (asked for: auto) | NVIDIA H200, driver 570.86.15 | TensorFlow 2.21.0 | LSTM by cuDNN',
    })
  })

  it('names the visible card of several', () => {
    const gpus = [card, { name: 'NVIDIA L4', driver: '570.86.15' }]
    expect(describeDevice({ ...base, gpus, visibleDevices: '1' }).card).toBe('NVIDIA L4')
    expect(describeDevice({ ...base, gpus, visibleDevices: 'MIG-5a0c' }).card).toBeUndefined()
  })

  const cpu = {
    inForce: 'cpu',
    path: 'fused-cpu',
    trainingOps: 'fused-cpu',
    tensorflow: '2.21.0',
    fallback: 'TensorFlow found no usable NVIDIA card',
  } as const
  it.each([
    ['there is none', { policy: 'cuda', gpus: [], installed: { device: 'cpu' }, tensorflow: cpu }, /no NVIDIA card was found/],
    ['it is the CPU build', { policy: 'cuda', installed: { device: 'cpu' }, tensorflow: cpu }, /npm run setup -- --device cuda/],
    ['CUDA does not start', { policy: 'cuda', tensorflow: cpu }, /found no usable NVIDIA card/],
  ] as const)('says why the card is not in force: %s', (_, findings, expected) => {
    const facts = describeDevice({ ...base, ...findings })
    expect(facts.fallback).toMatch(expected)
    expect(facts.banner).toContain(`FALLBACK: ${facts.fallback}`)
    expect(facts.card).toBeUndefined()
  })

  it('is loud about pure JavaScript', () => {
    const tensorflow = { inForce: 'cpu', path: 'pure-js', trainingOps: 'tfjs', fallback: 'no addon' } as const
    expect(describeDevice({ ...base, gpus: [], policy: 'cpu', tensorflow }).banner).toBe(
      'device cpu | no native TensorFlow | LSTM in PURE JAVASCRIPT (VERY SLOW) | FALLBACK: no addon',
    )
  })
})

describe('detecting the device', () => {
  let folder: string
  const before = process.env.BARLAB_CACHE
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'barlab-device-'))
    process.env.BARLAB_CACHE = folder
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
    if (before === undefined) delete process.env.BARLAB_CACHE
    else process.env.BARLAB_CACHE = before
  })

  const write = (path: string, value: unknown): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), JSON.stringify(value))
  }
  const stamp = { stampVersion: 1, fingerprint: 'one', device: 'cpu', addon: null, problems: [] }

  it('falls back to pure JavaScript without an addon, remembers it, and asks again after another set-up', async () => {
    write('setup.json', stamp)
    const facts = await detectDevice('cpu')
    expect(facts).toMatchObject({
      inForce: 'cpu',
      path: 'pure-js',
      fallback: expect.stringContaining('npm run setup') as string,
    })
    // To the order of the keys: a step of a notebook that uses the facts is taken over only where they are the same.
    expect(JSON.stringify(await detectDevice('cpu'))).toBe(JSON.stringify(facts))
    const [kept] = readdirSync(join(folder, 'device'))
    write(join('device', kept!), { ...facts, banner: 'kept' })
    expect((await detectDevice('cpu')).banner).toBe('kept')
    write('setup.json', { ...stamp, fingerprint: 'two' })
    expect((await detectDevice('cpu')).banner).toBe(facts.banner)
  })

  it('makes the fallback an error where it is forbidden', async () => {
    write('setup.json', stamp)
    await expect(detectDevice('cuda', { requireDevice: true })).rejects.toMatchObject({ code: 'device-not-available' })
  })

  it('reads a torn memory as none', async () => {
    write('setup.json', stamp)
    await detectDevice('cpu')
    const [kept] = readdirSync(join(folder, 'device'))
    writeFileSync(join(folder, 'device', kept!), '{"inFor')
    expect((await detectDevice('cpu')).path).toBe('pure-js')
  })
})
