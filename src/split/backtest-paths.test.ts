import { describe, expect, it } from 'vitest'
import { pathFolds, pathPredictions, recombinePaths } from './backtest-paths.js'
import { binomial, combinations } from './combinations.js'
import { combinatorialPurged } from './combinatorial-purged.js'

const time = Float64Array.from({ length: 602 }, (_, i) => i * 60_000)
const split = combinatorialPurged({ time, labelEndTime: time, horizonMs: 0, nGroups: 6, nTestGroups: 2 })
const folds = [...split]

describe('recombinePaths', () => {
  it("gives the paths of López de Prado's figure for 6 groups, 2 tested", () => {
    expect(recombinePaths(split).map(({ foldOfGroup }) => foldOfGroup)).toEqual([
      [0, 0, 1, 2, 3, 4],
      [1, 5, 5, 6, 7, 8],
      [2, 6, 9, 9, 10, 11],
      [3, 7, 10, 12, 12, 13],
      [4, 8, 11, 13, 14, 14],
    ])
  })

  it('covers every group once a path and uses every test group of every fold once', () => {
    for (let nGroups = 2; nGroups <= 9; nGroups++)
      for (let k = 1; k < nGroups; k++) {
        const choices = combinations(nGroups, k)
        const paths = recombinePaths({ nGroups, combinations: choices })
        expect(BigInt(paths.length)).toBe((binomial(nGroups, k) * BigInt(k)) / BigInt(nGroups))
        const used = paths.flatMap(({ foldOfGroup }) => foldOfGroup.map((fold, group) => `${fold}/${group}`))
        const pairs = choices.flatMap((groups, fold) => groups.map((group) => `${fold}/${group}`))
        expect(used.sort()).toEqual(pairs.sort())
        for (const { foldOfGroup } of paths) expect(foldOfGroup).toHaveLength(nGroups)
        for (let group = 0; group < nGroups; group++)
          expect(BigInt(choices.filter((groups) => groups.includes(group)).length)).toBe(binomial(nGroups - 1, k - 1))
      }
  })
})

describe('a path', () => {
  const predictions = ['a', 'b'].flatMap((model, m) =>
    folds.map(({ index, test }) => ({
      model,
      fold: index,
      rows: test,
      proba: Float64Array.from(test, (row) => row + 1000 * index + m / 2),
    })),
  )

  it('tests every row once, by the fold that supplies it', () => {
    for (const path of recombinePaths(split)) {
      const own = pathFolds(split, path)
      expect(own.flatMap(({ test }) => [...test])).toEqual(Array.from(time, (_, i) => i))
      expect(own.map(({ train }) => train)).toEqual(path.foldOfGroup.map((fold) => folds[fold]!.train))
      expect(own.map(({ index, testGroups }) => [index, testGroups])).toEqual([0, 1, 2, 3, 4, 5].map((g) => [g, [g]]))
      const cut = pathPredictions(split, path, predictions)
      expect(cut.map(({ model, fold }) => [model, fold])).toEqual(['a', 'b'].flatMap((model) => own.map(({ index }) => [model, index])))
      for (const { model, fold, rows, proba } of cut) {
        expect(rows).toEqual(own[fold]!.test)
        const offset = 1000 * path.foldOfGroup[fold]! + (model === 'b' ? 0.5 : 0)
        expect(proba).toEqual(Float64Array.from(rows, (row) => row + offset))
      }
    }
  })

  it('refuses predictions that are not of these folds', () => {
    const path = recombinePaths(split)[2]!
    const bad = expect.objectContaining({ code: 'bad-predictions' }) as Error
    const [first, ...others] = predictions.filter(({ fold }) => fold === 6)
    const rest = predictions.filter(({ fold }) => fold !== 6)
    expect(() => pathPredictions(split, path, [...rest, ...others])).toThrow(bad)
    expect(() => pathPredictions(split, path, [...predictions, first!])).toThrow(bad)
    expect(() => pathPredictions(split, path, [...rest, ...others, { ...first!, rows: first!.rows.slice(1) }])).toThrow(bad)
    expect(() => pathPredictions(split, path, [...rest, ...others, { ...first!, rows: first!.rows.map((row) => row + 1) }])).toThrow(bad)
    expect(() => pathPredictions(split, path, [...rest, ...others, { ...first!, proba: first!.proba.slice(1) }])).toThrow(bad)
  })
})
