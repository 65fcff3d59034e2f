import type { GlossaryEntry } from '../report-spec.js'

/** A search for parameters, and what luck leaves of its best. */
export const studyTerms: readonly GlossaryEntry[] = [
  {
    term: 'Trial',
    aliases: ['best trial'],
    onlyLabels: true,
    definition: 'One set of parameters that was tried; counted from 0 in the order they were drawn.',
  },
  { term: 'Mean of folds', definition: 'Score of a trial: the mean over the folds it was scored on. The best of many is flattering.' },
  { term: 'Folds scored', definition: 'Folds that a trial was fitted on; fewer than all where it was pruned.' },
  { term: 'Complete', onlyLabels: true, definition: 'Trials that were scored on every fold.' },
  { term: 'Pruned', definition: 'Trials that were given up after some folds, because others had done better by then.' },
  { term: 'Failed', onlyLabels: true, definition: 'Trials that ended with an error.' },
  { term: 'Must be above', definition: 'The check is passed only above this.' },
  { term: 'At most', onlyLabels: true, definition: 'The check is passed only up to this.' },
  {
    term: 'Expected of the best',
    definition:
      'Sharpe ratio that the luckiest of so many trials would have if none of them knew anything, their ratios varying as these do.',
  },
  {
    term: 'Probabilistic Sharpe ratio',
    definition:
      'Chance that the true Sharpe ratio is above 0, given length, skewness and kurtosis of the record (Bailey and López de Prado 2012).',
  },
  {
    term: 'Deflated Sharpe ratio',
    definition: 'The same, knowing that the strategy was the best of so many trials (Bailey and López de Prado 2014). Judge by this one.',
  },
  {
    term: 'Minimum track record',
    definition: 'Periods until the Sharpe ratio is above 0 with that confidence, should it stay as it is.',
  },
  { term: 'Periods there are', definition: 'Returns that these figures stand on.' },
  {
    term: 'Probability of backtest overfitting',
    definition:
      'How often what is best on one half of the history is below the median on the other, over all ways to cut it in blocks (Bailey et al. 2015); 50 % is chance.',
  },
]
