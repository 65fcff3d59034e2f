import type { GlossaryEntry } from '../report-spec.js'

/** What a run took. */
export const resourceTerms: readonly GlossaryEntry[] = [
  { term: 'Run, seconds', definition: 'From the start of the run to its end, by the clock.' },
  { term: 'Fits of', onlyLabels: true, definition: 'Seconds of all fits of the model together; fits beside each other count each.' },
  { term: 'Peak memory', definition: 'Most that the run and its children held on the host at one time.' },
  { term: 'Peak memory of a card', definition: 'Most that the run held on one graphics card at one time.' },
  { term: 'Cores busy while fitting', definition: 'Load of all processors, mean over the time of the fits; 100 % is all of them.' },
  { term: 'Run folder', definition: 'Bytes of everything that the run left.' },
  { term: 'Of it fitted models', definition: 'Bytes of its folder fits/, which npm run runs -- prune --models-only frees.' },
]
