import type { GlossaryEntry } from '../report-spec.js'

/** Data, and how it is cut for training and testing. */
export const validationTerms: readonly GlossaryEntry[] = [
  {
    term: 'Folds',
    aliases: ['fold', 'walk-forward'],
    onlyLabels: true,
    definition:
      'Cuts of the bars into rows to fit on and later rows to test on. In walk-forward folds the tests follow each other in time, and nothing is shuffled.',
  },
  { term: 'Train rows', onlyLabels: true, definition: 'Bars that the models of the fold were fitted on.' },
  {
    term: 'Validation rows',
    onlyLabels: true,
    definition: 'Latest training bars, held out to stop the fit in time; the model does not learn their labels.',
  },
  {
    term: 'Later train rows',
    onlyLabels: true,
    definition: 'Training rows after the first test row: none in walk-forward folds.',
  },
  {
    term: 'Purged',
    aliases: ['purge'],
    definition: 'Rows dropped because their label ends within a later part: it would tell the model what comes there.',
  },
  {
    term: 'Embargo',
    aliases: ['embargoed'],
    definition: 'Distance kept between rows of different parts, at least as long as the label; rows within it are dropped.',
  },
  {
    term: 'Gap minutes',
    aliases: ['gap after minutes'],
    definition: 'Shortest time between a row that was learnt from and a test row, as it came out.',
  },
  {
    term: 'Features',
    onlyLabels: true,
    definition: 'Columns that the models predict from; each bar’s are computed from that bar and earlier ones.',
  },
  {
    term: 'Leak certificate',
    definition:
      'Proof by recomputing: every column at every bar, without the later bars and with other ones in their place. What changes has looked ahead.',
  },
  {
    term: 'Seed',
    onlyLabels: true,
    definition: 'Start of all random numbers of the run; the same seed on the same machine gives the same metrics, byte for byte.',
  },
  { term: 'Found', onlyLabels: true, definition: 'How many bars, or how many places, the check of data quality found.' },
]
