import { describe, expect, it } from 'vitest'
import { makeConfig, type TrainingConfigInput } from '../../config/index.js'
import { resolveModelSpec } from '../../models/index.js'
import { directionModels } from './direction-models.js'

const preprocessing = (preprocess: TrainingConfigInput['preprocess']) =>
  directionModels(['logistic', 'lightgbm', 'lstm'], 1, makeConfig({ preprocess })).map(
    ({ spec }) => resolveModelSpec(spec).params.preprocess,
  )

describe('preprocessing from the configuration', () => {
  it("is each model's own where every step is left out", () => {
    const own = (['logistic', 'lightgbm', 'lstm'] as const).map((kind) => resolveModelSpec({ kind, params: {} }).params.preprocess)
    expect(preprocessing({ drop_near_constant: null, drop_correlated_above: null })).toEqual(own)
  })

  it('goes to every model', () => {
    const asked = preprocessing({
      scaler: 'robust',
      drop_near_constant: 0.99,
      drop_correlated_above: 0.9,
      correlation: 'spearman',
      missing: 'forward_fill',
      forward_fill_max_age_bars: 5,
      missing_indicators: true,
      winsorise: [0.01, 0.99],
    })
    const expected = {
      dropConstant: { maxShare: 0.99, minVariance: 0 },
      dropCorrelated: { threshold: 0.9, method: 'spearman', order: 'given' },
      missing: { policy: 'forward-fill', maxAgeRows: 5, indicators: true },
      winsorise: { lower: 0.01, upper: 0.99 },
      scaler: { kind: 'robust', quantiles: [0.25, 0.75] },
    }
    expect(asked).toEqual([expected, expected, expected])
    expect(preprocessing({ missing: 'median' })[1]).toMatchObject({
      missing: { policy: 'median', indicators: false },
      scaler: { kind: 'none' },
    })
  })
})
