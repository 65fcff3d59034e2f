import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { market, range } from '../../test/fixtures/market.js'
import { createRng, DISPLAY, projectPath } from '../core/index.js'
import { readInstalled } from '../native/installed.js'
import { lightgbmLibraryPath } from '../native/lightgbm/index.js'
import { Sidecar } from '../sidecar/index.js'
import {
  bestOfClusters,
  chooseFeatures,
  chooseOverFolds,
  eliminateRecursively,
  featureClusters,
  keepBest,
  selectionStability,
  type SelectionInput,
  type SelectionMethod,
} from './index.js'

const ready = existsSync(readInstalled()?.python.executable ?? '') && lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('tests of feature selection with models are skipped: set-up has not run (npm run setup)\n')
let sidecar: Sidecar
beforeAll(async () => void (ready && (sidecar = await Sidecar.open({ threads: 1 }))))
afterAll(async () => void (ready && (await sidecar.close())))

const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
const plain = (bundle: unknown): string => (bundle as Record<string, string>)['text/plain']!

describe('featureClusters', () => {
  /** Made by scripts/reference/golden-statistics.py. */
  const golden = JSON.parse(readFileSync(projectPath('src/select/golden-clusters.json'), 'utf8')) as {
    readonly rows: number
    readonly columns: number
    readonly values: number[]
    readonly heights: number[]
    readonly clusters: Record<string, number[]>
  }
  const names = Array.from({ length: golden.columns }, (_, j) => `c${j}`)
  const X = { names, rows: golden.rows, values: Float64Array.from(golden.values), time: Float64Array.from(range(0, golden.rows)) }

  it("is SciPy's linkage of mean distances, cut at any height", () => {
    const rows = range(0, golden.rows)
    for (const [cut, labels] of Object.entries(golden.clusters)) {
      const { clusters, heights } = featureClusters(X, rows, { maxDistance: Number(cut) })
      for (const [k, height] of golden.heights.entries()) expect(heights[k]).toBeCloseTo(height, 12)
      const theirs = [...new Set(labels)].map((label) => names.filter((_, j) => labels[j] === label))
      expect(clusters).toEqual(theirs.sort((a, b) => names.indexOf(a[0]!) - names.indexOf(b[0]!)))
    }
    const shown = featureClusters(X, rows, { maxDistance: 0.4 })
    expect(plain(shown[DISPLAY]())).toContain('9 columns in')
  })

  it('leaves constants by themselves, and refuses a distance of 0', () => {
    const values = X.values.map((value, i) => (i % 9 === 3 ? 5 : value))
    expect(featureClusters({ ...X, values }, range(0, 60), { maxDistance: 0.8 }).clusters).toContainEqual(['c3'])
    expect(() => featureClusters(X, range(0, 60), { maxDistance: 0 })).toThrow(thrown('bad-selection'))
  })
})

describe('keepBest', () => {
  it('keeps a number, a share or what is good enough, in the order of columns', () => {
    const scores = [0.1, 0.5, 0.3, 0.5, -0.2]
    expect([...keepBest(scores, { top: 2 })]).toEqual([1, 3])
    expect([...keepBest(scores, { top: 9 })]).toEqual([0, 1, 2, 3, 4])
    expect([...keepBest(scores, { share: 0.5 })]).toEqual([1, 2, 3])
    expect([...keepBest(scores, { least: 0.1 })]).toEqual([0, 1, 2, 3])
    expect(() => keepBest(scores, { least: 1 })).toThrow(thrown('nothing-selected'))
    for (const keep of [{ top: 0 }, { top: 1.5 }, { share: 0 }, { share: 2 }])
      expect(() => keepBest(scores, keep)).toThrow(thrown('bad-selection'))
    expect(
      bestOfClusters(
        [['a', 'b'], ['c']],
        new Map([
          ['a', 1],
          ['b', 2],
          ['c', 0],
        ]),
      ),
    ).toEqual(['b', 'c'])
  })
})

describe('selectionStability', () => {
  const sets = fc
    .integer({ min: 2, max: 6 })
    .chain((size) =>
      fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: size, maxLength: size }), { minLength: 2, maxLength: 6 }),
    )

  it('is the mean of the pairs corrected for chance, where all selections are of one size (Kuncheva 2007)', () => {
    fc.assert(
      fc.property(sets, (selections) => {
        const k = selections[0]!.length
        const pairs = selections.flatMap((a, i) =>
          selections.slice(i + 1).map((b) => (a.filter((j) => b.includes(j)).length - (k * k) / 10) / (k - (k * k) / 10)),
        )
        const { index, meanSize } = selectionStability(
          selections.map((selected) => Int32Array.from(selected)),
          10,
        )
        expect(index).toBeCloseTo(pairs.reduce((sum, value) => sum + value, 0) / pairs.length, 10)
        expect(meanSize).toBeCloseTo(k, 12)
      }),
    )
  })

  it('is 1 for the same columns, about 0 for columns drawn at random, with an error of the size it has', () => {
    expect(selectionStability([Int32Array.of(0, 3), Int32Array.of(0, 3)], 5)).toMatchObject({ index: 1, standardError: 0, upper: 1 })
    expect(selectionStability([Int32Array.of(0, 3)], 5).index).toBeNaN()
    expect(selectionStability([Int32Array.of(0, 1), Int32Array.of(0, 1)], 2).index).toBeNaN()
    const draws = Array.from({ length: 200 }, (_, trial) => {
      const rng = createRng(trial, 'stability')
      // The first five of thirty are chosen often, the others seldom, in sets of changing size.
      const sets = Array.from({ length: 20 }, () => Int32Array.from(range(0, 30).filter((j) => rng.next() < (j < 5 ? 0.8 : 0.15))))
      return selectionStability(sets, 30)
    })
    const mean = draws.reduce((sum, { index }) => sum + index, 0) / 200
    const spread = Math.sqrt(draws.reduce((sum, { index }) => sum + (index - mean) ** 2, 0) / 199)
    const said = draws.reduce((sum, { standardError }) => sum + standardError, 0) / 200
    expect(mean).toBeGreaterThan(0.25)
    expect(said / spread).toBeGreaterThan(0.8)
    expect(said / spread).toBeLessThan(1.2)
    const rng = createRng(1, 'chance')
    const random = Array.from({ length: 200 }, () => Int32Array.from(range(0, 30).filter(() => rng.next() < 0.3)))
    expect(Math.abs(selectionStability(random, 30).index)).toBeLessThan(0.02)
    expect(() => selectionStability([], 3)).toThrow(thrown('bad-selection'))
    expect(() => selectionStability([Int32Array.of(3)], 3)).toThrow(thrown('bad-selection'))
    expect(() => selectionStability([Int32Array.of(1, 1)], 3)).toThrow(thrown('bad-selection'))
  })
})

describe.skipIf(!ready)('chosen columns', () => {
  /** feature_0 and feature_1 matter; copy is feature_0 with a little noise. */
  const { X, y } = ((): ReturnType<typeof market> => {
    const { X, y } = market(900, 8)
    const rng = createRng(5, 'copy')
    const values = X.values.slice()
    for (let row = 0; row < 900; row++) values[row * 8 + 7] = values[row * 8]! + 0.2 * rng.normal()
    return { X: { ...X, names: [...X.names.slice(0, 7), 'copy'], values }, y }
  })()
  const trees = { kind: 'lightgbm', params: { rounds: 30, minDataInLeaf: 30, featureFraction: 1 } } as const
  const logistic = { kind: 'logistic', params: {} } as const
  const input = (): SelectionInput => ({
    ...{ X, y, labelEndTime: X.time.map((time) => time + 2 * 3_600_000), train: range(0, 600), seed: 1, threads: 1 },
    context: { device: 'cpu', requireDevice: false, sidecar: () => Promise.resolve(sidecar) },
  })

  it('are those that matter, by each method', async () => {
    const methods: SelectionMethod[] = [
      { by: 'importance', model: trees, keep: { top: 3 } },
      { by: 'importance', model: logistic, keep: { top: 3 } },
      { by: 'permutation', model: trees, keep: { least: 0.004 }, blockRows: 3 },
      { by: 'recursive', model: trees, count: 3 },
      { by: 'recursive', model: logistic, rankBy: 'permutation', count: 2, metric: 'logLoss' },
    ]
    for (const method of methods) {
      const { names, columns } = await chooseFeatures(input(), method)
      expect(names, JSON.stringify(method)).toContain('feature_1')
      expect(
        names.some((name) => name === 'feature_0' || name === 'copy'),
        JSON.stringify(method),
      ).toBe(true)
      expect(Array.from(columns, (j) => X.names[j])).toEqual(names)
      expect(names.length).toBeLessThan(6)
    }
    for (const model of [undefined, trees]) {
      const { names } = await chooseFeatures(input(), { by: 'clusters', ...(model !== undefined && { model }) })
      expect(names).toContain('feature_0')
      expect(names).not.toContain('copy')
      expect(names).toHaveLength(7)
    }
  })

  it('come from the training rows alone', async () => {
    const values = X.values.map((value, i) => (i >= 600 * 8 ? 100 - value : value))
    const other = { ...input(), X: { ...X, values }, y: y.map((value, i) => (i >= 600 ? 1 - value : value)) }
    for (const method of [
      { by: 'permutation', model: trees, keep: { top: 3 } },
      { by: 'recursive', model: trees },
      { by: 'clusters' },
    ] as const)
      expect(await chooseFeatures(other, method)).toEqual(await chooseFeatures(input(), method))
  })

  it('are eliminated step by step, judged on later rows', async () => {
    const { steps, columns } = await eliminateRecursively(input(), { model: trees, stepShare: 0.3, least: 2 })
    expect(steps.map((step) => step.columns.length)).toEqual([8, 6, 5, 4, 3, 2])
    const best = Math.max(...steps.map(({ score }) => score))
    expect(steps.find((step) => step.columns === columns)!.score).toBe(best)
    for (const [k, step] of steps.slice(1).entries()) for (const j of step.columns) expect(steps[k]!.columns).toContain(j)
    for (const options of [{ stepShare: 1 }, { least: 9 }, { count: 0 }])
      await expect(eliminateRecursively(input(), { model: trees, ...options })).rejects.toMatchObject({ code: 'bad-selection' })
  })

  it('are chosen fold by fold, with how far the folds agree', async () => {
    const fold = (index: number, end: number) => ({
      index,
      train: range(0, end),
      validation: range(0, 0),
      test: range(end, end + 100),
      embargoMs: 0,
      purged: 0,
      embargoed: 0,
    })
    const { train: _, ...rest } = input()
    const found = await chooseOverFolds([fold(0, 500), fold(1, 650), fold(2, 800)], rest, {
      by: 'importance',
      model: trees,
      keep: { top: 2 },
    })
    expect(found.folds).toHaveLength(3)
    expect(found.frequent).toContain('feature_1')
    expect(found.stability.meanSize).toBe(2)
    expect(found.stability.index).toBeGreaterThan(0.4)
    expect(plain(await found[DISPLAY]())).toMatch(/feature_1 +100 %/)
  })

  it('are refused where nothing can be measured', async () => {
    await expect(chooseFeatures(input(), { by: 'permutation', model: trees, keep: { top: 2 }, repeats: 0 })).rejects.toMatchObject({
      code: 'bad-permutation',
    })
    await expect(chooseFeatures({ ...input(), train: range(0, 30) }, { by: 'recursive', model: trees })).rejects.toMatchObject({
      code: 'too-few-bars',
    })
  })
})
