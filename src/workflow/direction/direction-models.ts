import type { TrainingConfig } from '../../config/index.js'
import { LabError } from '../../core/index.js'
import type { ModelKind, ModelSpec } from '../../models/index.js'
import { bestParameters } from '../../tune/index.js'
import { directionPreprocess } from './direction-preprocess.js'

export interface NamedModelSpec {
  readonly name: string
  readonly spec: ModelSpec
}

const DIRECTION_MODELS: readonly ModelKind[] = ['logistic', 'lightgbm', 'xgboost', 'random_forest', 'lstm', 'deep_ensemble', 'stack']

/**
 * The specs behind the model names of the direction job. Logistic regression takes the first value of each list in `models.direction.default_params`
 * (the lists are search spaces; searching is tuning's work), the LSTM its number of epochs and `training.optimization.early_stopping`, every model the section `preprocess`; everything else is each model's documented
 * default.
 * @param tuned names of studies: the model of each gets the study's best parameters in place of those above
 * @throws LabError `unknown-model`, `no-models`, `duplicate-model`; `no-study`, `study-unreadable`, `study-of-other-model`
 */
export function directionModels(
  models: readonly ModelKind[],
  epochs: number,
  config: TrainingConfig,
  tuned: readonly string[] = [],
): NamedModelSpec[] {
  if (models.length === 0)
    throw new LabError('no-models', 'No model was asked for.', {
      received: 'models=[]',
      expected: `at least one of ${DIRECTION_MODELS.join(', ')}`,
      help: "-p 'models=[logistic]'",
      exitCode: 2,
    })
  for (const [i, kind] of models.entries()) {
    if (!DIRECTION_MODELS.includes(kind))
      throw new LabError('unknown-model', 'There is no such model.', {
        received: kind,
        expected: `one of ${DIRECTION_MODELS.join(', ')}`,
        help: "for example -p 'models=[logistic, lightgbm]'",
        exitCode: 2,
      })
    if (models.indexOf(kind) !== i)
      throw new LabError('duplicate-model', 'A model was asked for twice.', {
        received: models.join(', '),
        expected: 'each model once',
        help: 'remove the second one',
        exitCode: 2,
      })
  }
  const { C, solver, max_iter } = config.models.direction.default_params
  const { early_stopping } = config.training.optimization
  const params: Partial<Record<ModelKind, Record<string, unknown>>> = {
    logistic: { C: C[0], solver: solver[0], maxIter: max_iter },
    lstm: { epochs, patience: early_stopping.patience, minDelta: early_stopping.min_delta },
    deep_ensemble: { epochs, patience: early_stopping.patience, minDelta: early_stopping.min_delta },
  }
  const preprocess = directionPreprocess(config)
  const best = new Map(tuned.map((study) => tunedParameters(study, models)))
  const own = (kind: ModelKind): ModelSpec => ({ kind, params: { ...params[kind], preprocess, ...best.get(kind) } })
  const stack: ModelSpec = { kind: 'stack', params: { bases: [own('logistic'), own('lightgbm')], calibrate: 'platt' } }
  return models.map((kind) => ({ name: kind, spec: kind === 'stack' ? stack : own(kind) }))
}

function tunedParameters(study: string, models: readonly ModelKind[]): [ModelKind, Readonly<Record<string, unknown>>] {
  const { model, params } = bestParameters(study)
  if (models.includes(model)) return [model, params]
  throw new LabError('study-of-other-model', 'The study is of a model that was not asked for.', {
    received: `${study}: ${model}`,
    expected: `a study of ${models.join(' or ')}`,
    help: `add ${model} to the models, or leave the study out`,
    exitCode: 2,
  })
}
