import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'
import { parseCell } from '../cell-syntax.js'
import type { CellUse } from '../kernel/protocol.js'
import { codeUses } from './code-uses.js'
import { SET_BY_NATIVE, changedSurroundings, mentionedFacts, steeringFacts } from './surroundings.js'

const use = (environment: Record<string, string>, globals: string[] = []): CellUse => ({
  read: [],
  written: [],
  byModules: [],
  sections: [],
  texts: {},
  environment,
  globals,
})

describe('steeringFacts', () => {
  it('are what the runner was given, but for what a cell may have set', () => {
    const given = { BARLAB_PYTHON: 'p', BARLAB_RUNS_DIR: 'r', NVIDIA_TF32_OVERRIDE: '0', OMP_WAIT_POLICY: 'active', HOME: 'h' }
    const inKernel = { ...given, NVIDIA_TF32_OVERRIDE: '1', OMP_WAIT_POLICY: 'passive' }
    expect(steeringFacts(given, inKernel, ['NVIDIA_TF32_OVERRIDE', 'HOME', 'BARLAB_RUNS_DIR'])).toEqual({
      BARLAB_PYTHON: 'p',
      NVIDIA_TF32_OVERRIDE: '1',
      OMP_WAIT_POLICY: 'active',
    })
  })
})

describe('mentionedFacts', () => {
  it('are as the kernel has them, those of the call aside', () => {
    expect(mentionedFacts(new Set(['A', 'B', 'BARLAB_RUN_FOLDER']), { A: '1', BARLAB_RUN_FOLDER: '/runs/a' })).toEqual({
      A: '1',
      B: undefined,
    })
  })
})

describe('changedSurroundings', () => {
  it('names what a step has changed', () => {
    expect(changedSurroundings(use({ A: '1' }), use({ A: '2' }))).toBe('the environment variable A')
    expect(changedSurroundings(use({ A: '1' }), use({}))).toBe('the environment variable A')
    expect(changedSurroundings(use({}), use({}, ['x']))).toBe('the global value x')
    expect(changedSurroundings(use({ A: '1' }, ['x']), use({ A: '1' }, ['x']))).toBeUndefined()
  })

  it('leaves out what native libraries need: all that src/native sets', () => {
    const native = projectPath('src', 'native')
    const files = (readdirSync(native, { recursive: true }) as string[]).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    )
    const text = files.map((file) => readFileSync(join(native, file), 'utf8')).join('\n')
    const set = [...text.matchAll(/\benv\.([A-Z0-9_]+) (?:\?\?)?= /g)].map(([, name]) => name!)
    expect([...new Set(set)].sort()).toEqual([...SET_BY_NATIVE].sort())
    expect(changedSurroundings(use({}), use(Object.fromEntries(set.map((name) => [name, '1']))))).toBeUndefined()
  })
})

describe('codeUses', () => {
  it.each<[string, string[] | 'uncertain']>([
    ["process.env.A + process.env['B']", ['A', 'B']],
    ['const { A, B: b } = process.env', ['A', 'B']],
    ["process.env.A = 'x'", ['A']],
    ['const { A, ...rest } = process.env', 'uncertain'],
    ['process.env[name]', 'uncertain'],
    ['start({ env: process.env })', 'uncertain'],
  ])('finds the variables of %s', (code, names) => {
    const { environment, uncertain } = codeUses(parseCell(code, 1))
    if (names === 'uncertain') expect(uncertain).toMatch(/^only running it tells which environment variables this uses/)
    else expect([...environment]).toEqual(names)
  })
})
