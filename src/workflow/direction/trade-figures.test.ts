import { beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/index.js'
import { createRng } from '../../core/index.js'
import { loadBars, type Bars } from '../../data/index.js'
import { FeatureEngineer } from '../../features/index.js'
import { directionLabels, type Labels } from '../../labels/index.js'
import type { FoldFit } from '../fits/fit-options.js'
import { scoreDirection, type DirectionScores } from './score-direction.js'
import { tradesFigure } from './trade-figures.js'

const rows = Int32Array.from({ length: 400 }, (_, k) => 1000 + k)
const folds = [{ index: 0, train: Int32Array.from({ length: 900 }, (_, k) => k), test: rows, validation: rows.slice(0, 0) }].map(
  (fold) => ({ ...fold, embargoMs: 0, purged: 0, embargoed: 0 }),
)

describe('tradesFigure, on real bars', () => {
  let bars: Bars
  let labels: Labels
  beforeAll(async () => {
    ;({ bars } = await loadBars({ dataset: 'googl-1d' }))
    labels = directionLabels(bars, { horizonBars: 1 })
  })

  /** Scores of models by their probability at the k-th test row; long above 0.55. */
  function scored(models: Record<string, (k: number) => number>): DirectionScores {
    const fits = Object.entries(models).map(([model, of]) => ({ model, fold: 0, rows, proba: Float64Array.from(rows, (_, k) => of(k)) }))
    const split = { folds }
    return scoreDirection({ bars, labels, split, fits: fits as unknown as FoldFit[], threshold: 0.55, config: loadConfig() })
  }
  const marks = (shown: { readonly data: readonly Record<string, unknown>[] }, name: string) =>
    shown.data.find((trace) => trace.name === name) as { x: string[]; y: number[]; text: string[] } | undefined
  const day = (row: number): string => new Date(bars.time[row]!).toISOString().slice(0, 10)

  it('marks the fills of the model with the highest AUC at the open after its calls', () => {
    const rng = createRng(5, 'trades')
    const calls = (k: number): number => (k >= 390 && k < 393 ? 0.7 : 0.4)
    const shown = tradesFigure({
      bars,
      scores: scored({ guess: () => 0.3 + 0.4 * rng.next(), oracle: (k) => calls(k) + 0.05 * labels.y[rows[k]!]! }),
    })
    expect(shown.name).toBe('trades')
    expect((shown.layout.title as { text: string }).text).toBe('GOOGL: trades of oracle')
    expect(shown.data[0]!.x).toHaveLength(200)
    expect((shown.data[0]!.x as string[]).at(-1)).toBe(day(1400))
    expect(marks(shown, 'buy')).toMatchObject({ x: [day(1391)], y: [bars.open[1391]] })
    expect(marks(shown, 'sell')).toMatchObject({ x: [day(1394)], y: [bars.open[1394]] })
    expect(marks(shown, 'sell')!.text[0]).toMatch(/^after 3 bars, [+−]\d+\.?\d* % after fees$/)
    // The probability of the bar before the fill stands above the threshold.
    const probability = marks(shown, 'probability of up')!
    expect(probability.y[probability.x.indexOf(day(1390))]).toBeGreaterThan(0.55)
    expect(marks(shown, 'threshold 0.55')!.y[0]).toBe(0.55)
  })

  it('shows the latest bars with a trade where the last ones have none, and features where they are asked for', () => {
    const X = new FeatureEngineer({ names: ['rsi_14'] }).fitTransform(bars)
    const panel = { X, features: ['rsi_14'] }
    const shown = tradesFigure({ bars, scores: scored({ early: (k) => (k === 60 || k === 80 ? 0.6 : 0.5) }), last: 50, panel })
    expect(shown.caption).toContain('50 bars around its latest trade')
    expect(marks(shown, 'buy')!.x).toEqual([day(1061), day(1081)])
    expect((shown.data[0]!.x as string[]).at(-1)).toBe(day(1082 + 5))
    expect(marks(shown, 'rsi_14')!.y[0]).toBe(X.values[1087 - 49])
    expect(() => tradesFigure({ bars, scores: scored({ early: () => 0.5 }), panel: { X, features: ['rsi'] } })).toThrow(
      expect.objectContaining({ code: 'unknown-feature' }),
    )
  })

  it('says that a position was closed by the end, and that a model never traded', () => {
    const late = tradesFigure({ bars, scores: scored({ late: (k) => (k > 397 ? 0.6 : 0.5) }) })
    expect(marks(late, 'sell')).toMatchObject({ x: [day(1400)], y: [bars.close[1400]] })
    expect(marks(late, 'sell')!.text[0]).toContain('closed because the span ended')
    const never = tradesFigure({ bars, scores: scored({ shy: () => 0.5 }) })
    expect(never.caption).toMatch(/^shy never traded in the test range: no probability that could be filled was above 0\.55\. 200 bars/)
    expect(marks(never, 'buy')).toBeUndefined()
  })

  it('refuses a model without a backtest', () =>
    expect(() => tradesFigure({ bars, scores: scored({ shy: () => 0.5 }), model: 'bold' })).toThrow(
      expect.objectContaining({ code: 'unknown-model', expected: 'one of shy' }),
    ))
})
