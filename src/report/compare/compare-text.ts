import { runLabel, type PairedAuc, type RunComparison } from '../../track/index.js'
import { counted } from '../format-number.js'
import { tableText } from '../table.js'
import {
  aucTable,
  comparedRunsTable,
  differenceTable,
  equalText,
  otherMetricsTable,
  pairName,
  pairTable,
  resourceTable,
  scoresTable,
} from './compare-tables.js'

const signed = (value: number): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(3)}`

/** Below it a difference is called more than chance. */
const CHANCE = 0.05

/** The conclusion first, then what it stands on: one sentence each. */
export function comparisonSentences({ runs, pairs }: RunComparison): [string, ...string[]] {
  const tested = pairs.filter(({ test }) => test !== null)
  if (tested.length === 0) {
    const reason = pairs[0]?.reason
    return [
      reason === undefined
        ? 'The runs have no predictions of the same rows to be compared by.'
        : `The runs cannot be compared row by row: ${reason}.`,
    ]
  }
  const sure = tested.filter(({ test }) => test!.pValue < CHANCE)
  const head =
    sure.length === 0
      ? 'No difference in AUC beyond chance.'
      : `${sure.length} of ${tested.length} AUC ${tested.length === 1 ? 'difference' : 'differences'} beyond chance.`
  const several =
    tested.length > 1
      ? [
          `Each p stands for its own row: of ${Math.round(1 / CHANCE)} comparisons of equally good models one falls below ${CHANCE} by chance.`,
        ]
      : []
  const shown = [...tested].sort((a, b) => a.test!.pValue - b.test!.pValue).slice(0, 2 * runs.length)
  return [head, ...shown.map(pairSentence), ...several]
}

function pairSentence(pair: PairedAuc): string {
  const { difference, lower, upper, pValue, aucA, aucB } = pair.test!
  const [a, b] = pair.runs.map(runLabel)
  const p = pValue < 0.001 ? 'p below 0.001' : `p = ${pValue.toFixed(3)}`
  return `${pairName(pair)}: AUC ${signed(difference)} (95 % interval ${signed(lower)} to ${signed(upper)}, ${p}) on ${counted(pair.common, 'common row')}: ${aucA.toFixed(3)} in ${a}, ${aucB.toFixed(3)} in ${b}.`
}

/** What a reader must know of each run, and what to do where one has nothing to compare its models by. */
export function comparisonRemarks({ runs, models, remarks }: RunComparison): string[] {
  // A run that did not end well has a remark that says so: its notebook may be as it should.
  const bare = runs.filter(({ status }, i) => status === 'ok' && models.every((entry) => (entry.runs[i] ?? null) === null))
  return [
    ...remarks,
    ...bare.map(
      ({ label }) =>
        `${label} was made by a notebook that saves no evaluation: end it with saveDirection(...) (see notebooks/quickstart.ipynb).`,
    ),
  ]
}

/** A comparison for the terminal: aligned tables, then the conclusion, where the eye stops. */
export function comparisonText(comparison: RunComparison): string {
  const tables = [
    comparedRunsTable(comparison),
    differenceTable(comparison),
    resourceTable(comparison),
    scoresTable(comparison),
    otherMetricsTable(comparison),
    aucTable(comparison),
    pairTable(comparison),
  ].flatMap((shown) => (shown === undefined ? [] : [tableText(shown)]))
  return [...tables, equalText(comparison), [...comparisonRemarks(comparison), ...comparisonSentences(comparison)].join('\n')].join('\n\n')
}
