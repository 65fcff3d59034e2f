import { DISPLAY, LabError, showTextTable, type Displayable } from '../core/index.js'
import {
  annualised,
  backtestOverfitting,
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeEstimate,
  type SharpePerPeriod,
  type SharpePerYear,
} from '../metrics/index.js'

export interface OverfittingInput {
  /** Every trial of the search that has returns: its name and its return in each period, all over the same periods in order of time. */
  readonly trials: readonly { readonly name: string; readonly returns: ArrayLike<number> }[]
  /** Trials in all, also those that were pruned or failed; default those given. Every one counts: the best of many looks good by luck. */
  readonly trialCount?: number
  /** Name of the trial that would be used; default the one with the highest Sharpe ratio. */
  readonly chosen?: string
  readonly periodsAYear: number
  /** Of the cuts behind the probability of overfitting: even, 4 to 20; default 10: 252 ways. */
  readonly blocks?: number
  /** Of the minimum track record; default 0.95. */
  readonly confidence?: number
}

/** What remains of a track record that was picked among many. NaN where something is not defined; probabilities are shares of 1. */
export interface OverfittingReport extends Displayable {
  readonly chosen: string
  readonly trials: number
  readonly observations: number
  readonly sharpePerPeriod: SharpePerPeriod
  readonly sharpePerYear: SharpePerYear
  /** Variance of the trials' Sharpe ratios per period (ddof 1); 0 of one trial. */
  readonly varianceOfSharpes: number
  /** What the best of as many trials without any edge is expected to show. */
  readonly expectedMaximumPerYear: SharpePerYear
  /** That the true Sharpe ratio is above 0, not knowing of the other trials. */
  readonly probabilisticSharpe: number
  /** The same, knowing that it was picked: judge by this one. */
  readonly deflatedSharpe: number
  /** Periods it takes until the ratio is above 0 with the confidence asked for, should it stay as it is. */
  readonly minimumTrackRecord: number
  readonly confidence: number
  /** That what is best on one half of the history is below the median on the other; null below two trials, or with too few periods. */
  readonly probabilityOfOverfitting: number | null
  readonly probabilityOfLoss: number | null
  /** Conclusion first. */
  readonly sentences: readonly string[]
}

/**
 * Holds the best of many trials against the number of trials. A trial that never traded has a Sharpe ratio of 0.
 * @throws LabError `bad-overfitting-input` for no trials, names twice, lengths that differ, values that are not finite, fewer trials in all than given, a chosen one that
 * is not there or never varies
 */
export function overfittingReport(input: OverfittingInput): OverfittingReport {
  const { trials, periodsAYear, blocks = 10, confidence = 0.95 } = input
  check(input)
  const estimates = trials.map(({ returns }) => sharpeEstimate(returns))
  const sharpes = estimates.map<number>(({ sharpe }) => (Number.isNaN(sharpe) ? 0 : sharpe))
  const at = input.chosen === undefined ? sharpes.indexOf(Math.max(...sharpes)) : trials.findIndex(({ name }) => name === input.chosen)
  const estimate = estimates[at]!
  if (Number.isNaN(estimate.sharpe)) throw bad(`returns of ${trials[at]!.name} that do not vary`, 'a chosen trial that traded')
  const count = input.trialCount ?? trials.length
  const varianceOfSharpes = variance(sharpes)
  const overfitting =
    trials.length >= 2 && estimate.observations >= 2 * blocks
      ? backtestOverfitting(
          trials.map(({ returns }) => returns),
          blocks,
        )
      : undefined
  const facts = {
    chosen: trials[at]!.name,
    trials: count,
    observations: estimate.observations,
    sharpePerPeriod: estimate.sharpe,
    sharpePerYear: annualised(estimate.sharpe, periodsAYear),
    varianceOfSharpes,
    expectedMaximumPerYear: annualised(expectedMaximumSharpe(count, varianceOfSharpes), periodsAYear),
    probabilisticSharpe: probabilisticSharpe(estimate),
    deflatedSharpe: deflatedSharpe(estimate, count, varianceOfSharpes),
    minimumTrackRecord: minimumTrackRecord(estimate, undefined, confidence),
    confidence,
    probabilityOfOverfitting: overfitting?.probability ?? null,
    probabilityOfLoss: overfitting?.probabilityOfLoss ?? null,
  }
  const sentences = inWords(facts)
  return { ...facts, sentences, [DISPLAY]: () => show(facts, sentences) }
}

type Facts = Omit<OverfittingReport, 'sentences' | typeof DISPLAY>

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.length < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

function inWords(facts: Facts): string[] {
  const {
    chosen,
    trials,
    observations,
    sharpePerYear,
    expectedMaximumPerYear,
    deflatedSharpe: deflated,
    confidence,
    probabilityOfOverfitting: pbo,
  } = facts
  const isKept = deflated >= confidence && (pbo === null || pbo < 0.5)
  const needed = facts.minimumTrackRecord
  return [
    isKept
      ? `${chosen} survives: its Sharpe ratio stands out even among ${trials} ${trials === 1 ? 'trial' : 'trials'}.`
      : `${chosen} does not survive: its Sharpe ratio may well be the best of ${trials} lucky ${trials === 1 ? 'draw' : 'draws'}.`,
    `Sharpe ratio ${sharpePerYear.toFixed(2)} a year over ${observations} periods; the best of ${trials} trials without an edge would show about ${expectedMaximumPerYear.toFixed(2)}.`,
    `The true ratio is above 0 with probability ${percent(facts.probabilisticSharpe)}, knowing of the search with ${percent(deflated)}.`,
    Number.isFinite(needed)
      ? `It takes ${Math.ceil(needed)} periods like these to say so with ${percent(confidence)}${needed > observations ? `, more than there are` : ''}.`
      : `No length of such a record would show a ratio above 0.`,
    ...(pbo === null
      ? ['The probability of overfitting is not known: it takes two trials, and two periods for each block.']
      : [
          `What is best on one half of the history is below the median on the other in ${percent(pbo)} of the cuts (50 % is chance), and loses in ${percent(facts.probabilityOfLoss!)}.`,
        ]),
  ]
}

function show(facts: Facts, sentences: readonly string[]) {
  const share = (value: number | null): string => (value === null ? 'not known' : percent(value))
  return showTextTable({
    title: `${facts.chosen}, one of ${facts.trials}`,
    headings: ['measure', 'value'],
    rows: [
      ['Sharpe ratio a year', facts.sharpePerYear.toFixed(2)],
      ['expected of the best by luck, a year', facts.expectedMaximumPerYear.toFixed(2)],
      ['probabilistic Sharpe ratio', share(facts.probabilisticSharpe)],
      ['deflated Sharpe ratio', share(facts.deflatedSharpe)],
      ['minimum track record, periods', Number.isFinite(facts.minimumTrackRecord) ? String(Math.ceil(facts.minimumTrackRecord)) : 'never'],
      ['periods there are', String(facts.observations)],
      ['probability of overfitting', share(facts.probabilityOfOverfitting)],
    ],
    notes: sentences,
  })
}

const bad = (received: string, expected: string): LabError =>
  new LabError('bad-overfitting-input', 'Overfitting cannot be judged from this.', {
    received,
    expected,
    help: 'give every trial of the study, with a return of 0 where it had no position',
  })

function check({ trials, trialCount, chosen, periodsAYear }: OverfittingInput): void {
  const names = trials.map(({ name }) => name)
  const length = trials[0]?.returns.length ?? 0
  if (trials.length === 0) throw bad('no trials', 'one or more')
  if (new Set(names).size !== names.length) throw bad(`a name twice among ${names.length} trials`, 'a name for each trial')
  for (const { name, returns } of trials) {
    if (returns.length !== length) throw bad(`${returns.length} returns of ${name}, ${length} of ${names[0]}`, 'as many of each')
    const wrong = Array.from(returns).findIndex((value) => !Number.isFinite(value))
    if (wrong >= 0) throw bad(`return ${returns[wrong]} of ${name} at ${wrong}`, 'finite returns')
  }
  if (trialCount !== undefined && !(Number.isInteger(trialCount) && trialCount >= trials.length))
    throw bad(`${trialCount} trials in all, ${trials.length} with returns`, 'a whole number, at least those with returns')
  if (chosen !== undefined && !names.includes(chosen)) throw bad(`chosen ${chosen}`, names.join(', '))
  if (!(periodsAYear > 0 && Number.isFinite(periodsAYear)))
    throw bad(`${periodsAYear} periods a year`, 'a positive number, see periodsPerYear()')
}
