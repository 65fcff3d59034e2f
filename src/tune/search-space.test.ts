import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeConfig } from '../config/index.js'
import { modelKinds } from '../models/index.js'
import { checkModelKind, checkSampler, checkSpaceForModel } from './check-space.js'
import { configuredSpace } from './configured-space.js'
import { inParallel } from './in-parallel.js'
import { endsOf, parseSearchSpace, pointsOf } from './search-space.js'
import { defaultSpaces } from './spaces/index.js'
import { defaultStorage, storageName, studyStorage } from './study-storage.js'
import { bestTrial, type StudyTrial } from './study-trial.js'
import { studyFolder } from './best-parameters.js'

afterEach(() => vi.unstubAllEnvs())
const code = (work: () => unknown): string | undefined => {
  try {
    work()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

describe('parseSearchSpace', () => {
  it('puts bounds on the steps and counts points', () => {
    const space = parseSearchSpace({
      a: { kind: 'float', low: 0, high: 1, step: 0.4 },
      b: { kind: 'float', low: 0.1, high: 0.3, step: 0.1 },
      c: { kind: 'int', low: 1, high: 8, step: 3 },
      d: { kind: 'int', low: 1, high: 100, log: true },
      e: { kind: 'categorical', choices: ['x', true, 3] },
      f: { kind: 'float', low: 2, high: 2 },
      g: { kind: 'float', low: 0, high: 2 },
    })
    expect(space.a).toEqual({ kind: 'float', low: 0, high: 0.8, step: 0.4 })
    expect(space.b).toMatchObject({ high: expect.closeTo(0.3) as number })
    expect(space.c).toMatchObject({ high: 7 })
    expect(Object.values(space).map(pointsOf)).toEqual([3, 3, 3, 100, 3, 1, undefined])
    expect(Object.values(space).map(endsOf).slice(2)).toEqual([[1, 7], [1, 100], ['x', true, 3], [2], [0, 2]])
  })

  it('refuses what has no point, and what is no parameter', () => {
    const of = (parameter: unknown) => code(() => parseSearchSpace({ p: parameter }))
    expect(code(() => parseSearchSpace({}))).toBe('empty-space')
    expect(of({ kind: 'categorical', choices: [] })).toBe('empty-space')
    expect(of({ kind: 'float', low: 2, high: 1 })).toBe('empty-space')
    const bad: unknown[] = [
      { kind: 'float', low: 0, high: 1, log: true },
      { kind: 'float', low: 1, high: 2, log: true, step: 0.1 },
      { kind: 'float', low: 0, high: Infinity },
      { kind: 'float', low: 0, high: 1, step: 0 },
      { kind: 'float', low: 0, hihg: 1 },
      { kind: 'int', low: 0.5, high: 2 },
      { kind: 'categorical', choices: [1, 1] },
      { kind: 'flaot', low: 0, high: 1 },
      7,
    ]
    expect(bad.map(of)).toEqual(bad.map(() => 'bad-space'))
  })
})

describe('checkSampler', () => {
  it('knows which space a sampler can search', () => {
    const [wide, list] = [
      { kind: 'float', low: 0, high: 1 },
      { kind: 'categorical', choices: [1, 2] },
    ] as const
    expect(checkSampler('grid', { list, steps: { kind: 'int', low: 1, high: 5 } })).toBe(10)
    expect(checkSampler('tpe', { wide })).toBeUndefined()
    const refused = [
      () => checkSampler('grid', { wide }),
      () => checkSampler('grid', { many: { kind: 'int', low: 1, high: 1e6 } }),
      () => checkSampler('cmaes', { wide, list, fixed: { kind: 'int', low: 1, high: 1 } }),
    ]
    expect(refused.map(code)).toEqual(refused.map(() => 'bad-sampler'))
    expect(checkSampler('cmaes', { wide, other: wide })).toBeUndefined()
  })
})

describe('configuredSpace', () => {
  it('gives every kind that has a default a space that its model takes', () => {
    const kinds = modelKinds.filter((kind) => kind === 'logistic' || kind in defaultSpaces)
    expect(kinds).toEqual(expect.arrayContaining(['logistic', 'lightgbm', 'lstm']))
    for (const kind of kinds) expect(() => checkSpaceForModel(kind, configuredSpace(kind, makeConfig())), kind).not.toThrow()
  })

  it('reads lists and ranges; logistic regression has the lists of its default parameters', () => {
    const spaces = {
      lightgbm: {
        numLeaves: { min: 4, max: 64, log: true },
        learningRate: { min: 0.01, max: 0.1 },
        lambdaL2: { min: 0, max: 10, whole: false },
        maxBin: [63, 255],
      },
    }
    const config = makeConfig({ tuning: { spaces } })
    expect(configuredSpace('lightgbm', config)).toEqual({
      numLeaves: { kind: 'int', low: 4, high: 64, log: true },
      learningRate: { kind: 'float', low: 0.01, high: 0.1 },
      lambdaL2: { kind: 'float', low: 0, high: 10 },
      maxBin: { kind: 'categorical', choices: [63, 255] },
    })
    expect(configuredSpace('logistic', config)).toEqual({
      C: { kind: 'categorical', choices: [0.1, 1, 10] },
      solver: { kind: 'categorical', choices: ['liblinear', 'saga'] },
    })
    expect(
      code(() => configuredSpace('lightgbm', makeConfig({ tuning: { spaces: { lightgbm: { numLeaves: { min: 9, max: 4 } } } } }))),
    ).toBe('empty-space')
    expect(code(() => makeConfig({ tuning: { spaces: { lightgbm: { numLeaves: [] } } } }))).toBe('bad-config')
    expect(code(() => configuredSpace('unheard' as never, config))).toBe('no-space')
  })
})

describe('names', () => {
  it('takes the database from the call, the environment, the configuration, the default, in this order', () => {
    vi.stubEnv('BARLAB_RUNS_DIR', '/tmp/some-runs')
    vi.stubEnv('BARLAB_OPTUNA_STORAGE', '')
    expect(studyStorage()).toBe('sqlite:////tmp/some-runs/studies/optuna.db')
    expect(studyStorage(undefined, null)).toBe(defaultStorage())
    expect(studyStorage(undefined, 'postgresql://a@b/c')).toBe('postgresql://a@b/c')
    vi.stubEnv('BARLAB_OPTUNA_STORAGE', 'postgres://from/environment')
    expect(studyStorage(undefined, 'postgresql://a@b/c')).toBe('postgres://from/environment')
    expect(studyStorage('/tmp/x.db', 'postgresql://a@b/c')).toBe('sqlite:////tmp/x.db')
    for (const wrong of ['mysql://a/b', 'sqlite:///', 'redis:x', 'sqlite:///x.db?mode=ro'])
      expect(
        code(() => studyStorage(wrong)),
        wrong,
      ).toBe('bad-storage')
    expect(storageName('postgresql://me:p@ss@host:5432/d')).toBe('postgresql://me:***@host:5432/d')
  })

  it('refuses names of studies that are no folder, and models that there are not', () => {
    for (const name of ['', '../x', 'a/b', '.hidden'])
      expect(
        code(() => studyFolder(name)),
        name,
      ).toBe('bad-study-name')
    expect(checkModelKind('lightgbm')).toBe('lightgbm')
    expect(() => checkModelKind('lihgtgbm')).toThrow(expect.objectContaining({ code: 'bad-arguments', help: 'did you mean lightgbm?' }))
  })
})

describe('bestTrial', () => {
  it('is the first complete one with the best value', () => {
    const trials = [null, 2, 1, 1, 3].map((value, number) => ({ number, value, state: number === 4 ? 'pruned' : 'complete' }) as StudyTrial)
    expect(bestTrial(trials, 'minimize')?.number).toBe(2)
    expect(bestTrial(trials, 'maximize')?.number).toBe(1)
    expect(bestTrial([], 'maximize')).toBeUndefined()
  })
})

describe('inParallel', () => {
  it('has as many at work as there are workers, stops all at the first failure and throws it when they have ended', async () => {
    let [busy, most, ended] = [0, 0, 0]
    const work = async (item: number, stop: AbortSignal): Promise<void> => {
      most = Math.max(most, ++busy)
      await new Promise<void>((resolve) => (item === 2 ? setImmediate(resolve) : stop.addEventListener('abort', () => resolve())))
      busy--
      ended++
      if (item === 2) throw new Error('second')
    }
    await expect(inParallel([1, 2, 3, 4, 5], 2, undefined, work)).rejects.toThrow('second')
    expect([most, ended]).toEqual([2, 2])
    const done: number[] = []
    await inParallel([1, 2, 3], 5, undefined, (item) => Promise.resolve(void done.push(item)))
    expect(done).toEqual([1, 2, 3])
    await inParallel([1], 1, AbortSignal.abort(), () => Promise.reject(new Error('never begun')))
  })
})
