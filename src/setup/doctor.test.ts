import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../core/index.js'
import { readInstalled } from '../native/installed.js'
import { loadTensorflow } from '../native/tensorflow/index.js'
import { checkKernel, judgeSelfTest } from './doctor.js'
import { checkMemory, checkNode, versionAtLeast } from './doctor-machine.js'
import { doctorReportSchema, formatDoctorReport, type DoctorReport } from './doctor-report.js'
import { readGolden, runSelfTest } from './self-test/self-test.js'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'barlab-doctor-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function doctor(env: NodeJS.ProcessEnv, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', projectPath('scripts/doctor.ts'), ...args], {
    cwd: projectPath(),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { code: status, out: stdout, err: stderr }
}
const check = (report: DoctorReport, name: string): DoctorReport['checks'][number] | undefined =>
  report.checks.find((entry) => entry.name === name)

describe('npm run doctor', () => {
  it('fails before set-up, with the command that cures it, and gives a cure with every warning and problem', () => {
    const { code, out } = doctor({ BARLAB_CACHE: join(folder, 'cache'), BARLAB_VENV: join(folder, 'venv') }, '--json')
    expect(code).toBe(1)
    const report = doctorReportSchema.parse(JSON.parse(out))
    expect(report.ok).toBe(false)
    expect(check(report, 'Set-up')).toMatchObject({ status: 'problem', cure: 'npm run setup' })
    expect(check(report, 'Backend')).toMatchObject({ status: 'warning', value: expect.stringContaining('PURE JAVASCRIPT') as string })
    expect(check(report, 'Self-test')!.status).toBe('ok')
    for (const { status, cure } of report.checks) expect(cure !== undefined).toBe(status === 'warning' || status === 'problem')
  })

  const ready = readInstalled() !== undefined
  if (!ready) process.stderr.write('skipped: this machine is not set up (npm run setup)\n')
  it.skipIf(!ready)('passes on a machine that is set up', () => {
    const { code, out } = doctor({}, '--json')
    const report = doctorReportSchema.parse(JSON.parse(out))
    expect(report.checks.filter(({ status }) => status === 'problem')).toEqual([])
    expect(code).toBe(0)
    expect(report.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Node', 'Python', 'C++ compiler', 'GPU', 'CUDA', 'cuDNN', 'Set-up', 'Python packages', 'TensorFlow']),
    )
    expect(report.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Backend', 'Self-test', 'JupyterLab', 'Jupyter kernel', 'Disk', 'Memory']),
    )
  })

  it('tells what an unusable addon does', () => {
    const cache = join(folder, 'broken')
    mkdirSync(cache)
    const addon = join(cache, 'tfjs_binding.node')
    writeFileSync(addon, 'not a library')
    const stamp = {
      stampVersion: 1,
      fingerprint: 'old',
      device: 'cpu',
      python: { executable: join(folder, 'no-python'), version: '3.12.4' },
      sitePackages: join(folder, 'nothing'),
      tensorflow: { folder: join(folder, 'nothing/tensorflow'), version: '2.21.0' },
      addon: { path: addon, hash: 'abc', cpuFlags: 'x' },
      problems: [],
    }
    writeFileSync(join(cache, 'setup.json'), JSON.stringify(stamp))
    const { code, out } = doctor({ BARLAB_CACHE: cache, BARLAB_VENV: join(folder, 'venv'), BARLAB_DEVICE: 'cpu' }, '--json')
    const report = doctorReportSchema.parse(JSON.parse(out))
    expect(check(report, 'Set-up')).toMatchObject({ status: 'warning', value: expect.stringContaining('out of date') as string })
    expect(check(report, 'Python packages')!.status).toBe('problem')
    expect(check(report, 'Backend')!.value).toMatch(/FALLBACK: .*does not load/)
    expect(code).toBe(1)
  })

  it('takes a word it does not know as a wrong command', () => {
    expect(doctor({}, '--jsno')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean --json?') as string })
    expect(doctor({}, '--device', 'gpu')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean cuda?') as string })
  })
})

describe('the self-test', () => {
  it('agrees with Keras on the path in force, and finds a single wrong value', async () => {
    const loaded = await loadTensorflow({ device: 'cpu' })
    const before = loaded.tf.memory().numTensors
    const golden = readGolden()
    expect(judgeSelfTest(runSelfTest(loaded), 'cpu').status).toBe('ok')
    expect(loaded.tf.memory().numTensors).toBe(before)
    const gradient = golden.lstmRecurrentGradient.map((value, i) => (i === 17 ? value + 1e-4 : value))
    const judged = judgeSelfTest(runSelfTest(loaded, { ...golden, lstmRecurrentGradient: gradient }), 'cpu')
    expect(judged).toMatchObject({ status: 'problem', value: expect.stringMatching(/^LSTM recurrent gradient is wrong/) as string })
    const short = runSelfTest(loaded, { ...golden, matmul: golden.matmul.slice(1) })
    expect(judgeSelfTest(short, 'cpu').status).toBe('problem')
  })

  it('never passes what is not a number', () => {
    expect(judgeSelfTest([{ what: 'x', relativeError: NaN }], 'cpu').status).toBe('problem')
  })
})

describe('single checks', () => {
  it.each([
    ['20.20.2', '20.19', true],
    ['20.9.0', '20.19', false],
    ['21', '20.19', true],
    ['525.60.13', '525.60.13', true],
    ['525.60', '525.60.13', false],
  ])('version %s is at least %s: %s', (version, least, expected) => expect(versionAtLeast(version, least)).toBe(expected))

  it('judges Node by the range of package.json', () => {
    expect(['20.18.3', '20.19.0', '24.5.0', '25.0.0'].map((version) => checkNode(version).status)).toEqual([
      'problem',
      'ok',
      'ok',
      'problem',
    ])
  })

  it('judges memory by what the container may use', () => {
    const facts = (gib: number): Parameters<typeof checkMemory>[0] => ({ cores: 2, memoryBytes: gib * 2 ** 30, freeMemoryBytes: 0 })
    expect([0.5, 2, 16].map((gib) => checkMemory(facts(gib)).status)).toEqual(['problem', 'warning', 'ok'])
  })

  it('misses the kernel, or the program it names', () => {
    expect(checkKernel(projectPath('src/notebook/kernel/jupyter/kernels/barlab'))).toMatchObject({ status: 'ok' })
    expect(checkKernel(join(folder, 'nothing'))).toMatchObject({ status: 'problem' })
    writeFileSync(join(folder, 'kernel.json'), JSON.stringify({ argv: ['node', '{resource_dir}/gone.cjs'], display_name: 'x' }))
    expect(checkKernel(folder)).toMatchObject({ status: 'problem', value: expect.stringContaining('gone.cjs') as string })
  })

  it('shows cures below their checks and the verdict last', () => {
    const report: DoctorReport = {
      ok: true,
      checks: [
        { name: 'Node', status: 'ok', value: '20' },
        { name: 'C++ compiler', status: 'warning', value: 'none', cure: 'apt-get install g++' },
      ],
    }
    expect(formatDoctorReport(report)).toBe(
      [
        'ok   Node          20',
        'WARN C++ compiler  none',
        '                   next: apt-get install g++',
        '',
        'The main job can run; 1 thing could be better.',
      ].join('\n'),
    )
  })
})
