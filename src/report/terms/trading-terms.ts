import type { GlossaryEntry } from '../report-spec.js'

/** What comes of trading the predictions. */
export const tradingTerms: readonly GlossaryEntry[] = [
  {
    term: 'Return after fees',
    aliases: ['after fees'],
    onlyLabels: true,
    definition:
      'Wealth at the end over wealth at the start, less 1, filled at the open of the next bar and with the fee paid on either side.',
  },
  {
    term: 'Return before fees',
    aliases: ['before fees'],
    onlyLabels: true,
    definition: 'The same without fees: what the predictions were worth if trading cost nothing.',
  },
  {
    term: 'Sharpe ratio',
    aliases: ['Sharpe'],
    definition: 'Mean over standard deviation of the returns of one bar, annualised by the bars a year; the risk-free rate is 0.',
  },
  {
    term: 'Max drawdown',
    aliases: ['maximum drawdown', 'drawdown'],
    definition: 'Largest loss from an earlier peak of the equity, as a share of that peak.',
  },
  { term: 'Time in market', definition: 'Share of the bars over which a position is held.' },
  { term: 'Fills', onlyLabels: true, definition: 'Orders that were carried out: one to enter and one to leave makes two.' },
]
