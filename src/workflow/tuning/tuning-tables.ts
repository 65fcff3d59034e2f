import { table, type Table } from '../../report/index.js'
import type { SearchSpace, StudyTrial } from '../../tune/index.js'
import type { HoldoutScore } from './score-holdout.js'

const rounded = (value: number | null): string => (value === null ? 'n/a' : value.toFixed(4))
const shown = (value: number | string | boolean): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value)

/** Parameters of a trial as one line: 'learningRate 0.0312, numLeaves 15'. */
export const paramsText = (params: StudyTrial['params']): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ')

/** The best trials first, then the pruned ones; failed ones say why. @param top rows shown */
export function trialTable(trials: readonly StudyTrial[], better: 'higher' | 'lower', top = 10): Table {
  const order = ['complete', 'pruned', 'failed', 'running', 'waiting']
  const sign = better === 'higher' ? -1 : 1
  const sorted = [...trials].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || sign * ((a.value ?? 0) - (b.value ?? 0)) || a.number - b.number,
  )
  return table(
    sorted.map(({ number, state, value, steps, params, error }) => ({
      trial: number,
      state,
      'mean of folds': rounded(value),
      'folds scored': steps.length,
      parameters: error === null ? paramsText(params) : `${paramsText(params)}: ${error}`,
    })),
    { title: `Best of ${trials.length} trials`, maxRows: top },
  )
}

/** Scores of tuned and default parameters on the hold-out, with intervals. */
export function holdoutTable(holdout: readonly HoldoutScore[]): Table {
  return table(
    holdout.map(({ parameters, rows, scores, auc }) => ({
      parameters,
      AUC: rounded(scores.auc),
      'AUC interval': auc === null ? '' : `${auc.lower.toFixed(3)} to ${auc.upper.toFixed(3)}`,
      'Log-loss': rounded(scores.logLoss),
      'Brier score': rounded(scores.brier),
      Accuracy: rounded(scores.accuracy),
      rows,
    })),
    { title: holdout.length === 0 ? 'Nothing to score: no trial is complete' : 'Scored once, with 95 % intervals' },
  )
}

/** What is searched: parameter, kind, values. */
export function spaceTable(space: SearchSpace): Table {
  return table(
    Object.entries(space).map(([name, parameter]) => ({
      parameter: name,
      kind: parameter.kind,
      values:
        parameter.kind === 'categorical'
          ? parameter.choices.map(shown).join(', ')
          : `${shown(parameter.low)} to ${shown(parameter.high)}${parameter.log ? ', by order of magnitude' : ''}${parameter.step === undefined ? '' : `, step ${shown(parameter.step)}`}`,
    })),
    { title: `${Object.keys(space).length} parameters` },
  )
}
