import { classificationMetrics } from '../../metrics/index.js'
import type { GlossaryEntry } from '../report-spec.js'

/** Scores of predictions, and what they are held against. */
export const scoreTerms: readonly GlossaryEntry[] = [
  ...classificationMetrics.map(({ title, definition }) => ({ term: title, definition })),
  {
    term: 'AUC interval',
    aliases: ['AUC 95 % interval', '95 % interval'],
    definition:
      'DeLong’s 95 % confidence interval, with the covariance of rows whose labels overlap counted in. Of an AUC: one that holds 0.5 cannot be told from guessing. Of a difference: one that holds 0 cannot be told from chance.',
  },
  { term: 'Worst fold AUC', definition: 'Lowest AUC that the model has on the test rows of a single fold.' },
  {
    term: 'Test rows',
    aliases: ['rows'],
    onlyLabels: true,
    definition:
      'Bars that were predicted by models fitted on other, in walk-forward folds earlier, bars and whose label is known. All models are scored on the same ones.',
  },
  { term: 'Measured', onlyLabels: true, definition: 'What a promotion gate looks at, over all test rows or all trades of the model.' },
  { term: 'Threshold', onlyLabels: true, definition: 'What must be reached for the gate to be passed, from config/ml/training.yaml.' },
  {
    term: 'Paired test',
    definition:
      'DeLong, DeLong and Clarke-Pearson 1988: the difference of two AUCs on the same rows, with the variance of the difference. What makes a stretch of rows hard is hard for both and cancels. Covariance of rows whose labels overlap is counted in.',
  },
  { term: 'Common rows', definition: 'Test rows that both runs predicted, paired by the time of their bar.' },
  { term: 'Difference', onlyLabels: true, definition: 'AUC of the second run less that of the first, on their common rows.' },
  { term: 'p', definition: 'Chance of a difference at least as large, in either direction, where both models rank equally well.' },
]
