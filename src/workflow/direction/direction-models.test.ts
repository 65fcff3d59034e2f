import { describe, expect, it } from 'vitest'
import { makeConfig } from '../../config/index.js'
import { rowNeeds, type ModelKind } from '../../models/index.js'
import { directionModels } from './direction-models.js'

describe('the models of the direction job', () => {
  it('are of any kind that predicts probabilities, each with parameters it knows', () => {
    const kinds = ['logistic', 'lightgbm', 'xgboost', 'random_forest', 'lstm', 'deep_ensemble', 'stack'] as const
    const models = directionModels(kinds, 2, makeConfig())
    expect(models.map(({ name }) => name)).toEqual(kinds)
    for (const { spec } of models) for (const { missing } of rowNeeds(spec)) expect(missing).toEqual({ policy: 'reject' })
  })

  it('are asked for once each, by a name that there is', () => {
    const ask =
      (...models: string[]) =>
      (): unknown =>
        directionModels(models as ModelKind[], 2, makeConfig())
    expect(ask('xgboost', 'xgboost')).toThrow(expect.objectContaining({ code: 'duplicate-model', exitCode: 2 }))
    expect(ask('forest')).toThrow(
      expect.objectContaining({
        code: 'unknown-model',
        expected: 'one of logistic, lightgbm, xgboost, random_forest, lstm, deep_ensemble, stack',
      }),
    )
    expect(ask()).toThrow(expect.objectContaining({ code: 'no-models' }))
  })
})
