import type { TrainingConfig } from '../config/index.js'
import { EXIT, LabError } from '../core/index.js'
import type { ModelKind } from '../models/index.js'
import { parseSearchSpace, type SearchParameter, type SearchSpace } from './search-space.js'
import { defaultSpaces } from './spaces/index.js'

type Written = TrainingConfig['tuning']['spaces'][string][string]

/** A list of the configuration is a choice; `{min, max}` a range of whole numbers where every number in it is whole and it says neither log nor a broken step. */
function fromWritten(written: Written): SearchParameter {
  if (Array.isArray(written)) return { kind: 'categorical', choices: written }
  const { min, max, log, step, whole } = written
  const kind = (whole ?? [min, max, step ?? 1].every(Number.isInteger)) ? 'int' : 'float'
  return { kind, low: min, high: max, ...(log && { log }), ...(step !== undefined && { step }) }
}

/**
 * What is searched for a kind of model: `tuning.spaces.<kind>` of the configuration, for logistic regression else the lists of
 * `models.direction.default_params`, else the default space of the kind.
 * @throws LabError `empty-space`, `bad-space`, `no-space` of a kind that has no default
 */
export function configuredSpace(kind: ModelKind, { tuning, models }: Pick<TrainingConfig, 'tuning' | 'models'>): SearchSpace {
  const written = Object.hasOwn(tuning.spaces, kind) ? tuning.spaces[kind] : undefined
  if (written !== undefined)
    return parseSearchSpace(Object.fromEntries(Object.entries(written).map(([name, value]) => [name, fromWritten(value)])))
  if (kind === 'logistic') {
    const { C, solver } = models.direction.default_params
    return parseSearchSpace({ C: { kind: 'categorical', choices: C }, solver: { kind: 'categorical', choices: solver } })
  }
  const space = Object.hasOwn(defaultSpaces, kind) ? defaultSpaces[kind] : undefined
  if (space !== undefined) return parseSearchSpace(space)
  throw new LabError('no-space', 'There is no search space for this model.', {
    received: kind,
    expected: `one of ${['logistic', ...Object.keys(defaultSpaces)].join(', ')}, or a space in the configuration`,
    help: `write tuning.spaces.${kind} in config/ml/training.yaml`,
    exitCode: EXIT.usage,
  })
}
