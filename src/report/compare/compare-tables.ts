import { runLabel, type ComparedScores, type PairedAuc, type RunComparison } from '../../track/index.js'
import { table, type Table } from '../table.js'

const MISSING = '–'
const fixed = (value: number | null | undefined, digits = 4): string =>
  value === null || value === undefined || !Number.isFinite(value) ? MISSING : value.toFixed(digits).replace(/^-/, '−')
const signed = (value: number, digits = 4): string => (value > 0 ? `+${fixed(value, digits)}` : fixed(value, digits))
const percent = (share: number | undefined): string =>
  share === undefined || !Number.isFinite(share) ? MISSING : `${fixed(100 * share, 1)} %`
const gigabytes = (bytes: number | undefined): string => (bytes === undefined ? MISSING : `${fixed(bytes / 1e9, 2)} GB`)
const megabytes = (bytes: number): string => `${fixed(bytes / 1e6, 1)} MB`

/** A hash is known by its beginning. */
const short = (value: string | null): string =>
  value === null ? MISSING : /^[0-9a-f]{40,64}$/.test(value) ? value.slice(0, 12) : value.length > 90 ? `${value.slice(0, 87)}...` : value

/** One member a run: `{A: ..., B: ...}`. */
const byRun = <T>(values: readonly T[], text: (value: T) => string): Record<string, string> =>
  Object.fromEntries(values.map((value, i) => [runLabel(i), text(value)]))

/** Which runs are compared. */
export const comparedRunsTable = ({ runs }: RunComparison): Table =>
  table(
    runs.map(({ label, id, status, startedAt, best, verdict, tags }) => ({
      run: label,
      id,
      status,
      'started (UTC)': startedAt.slice(0, 16).replace('T', ' '),
      'highest AUC': best === undefined ? MISSING : `${best.model} ${fixed(best.auc)}`,
      verdict: verdict ?? MISSING,
      ...(runs.some((run) => run.tags.length > 0) && { tags: tags.join(' ') }),
    })),
    { title: 'Runs' },
  )

/** AUC of each model with its interval, side by side; undefined where no run has one. */
export function aucTable({ models }: RunComparison): Table | undefined {
  if (models.length === 0) return undefined
  const cell = (scores: ComparedScores | null): string => {
    if (scores === null) return MISSING
    const { auc, lower, upper } = scores
    return lower === null || upper === null ? fixed(auc) : `${fixed(auc)} (${fixed(lower, 3)} to ${fixed(upper, 3)})`
  }
  return table(
    models.map(({ model, role, runs }) => ({
      model: role === 'baseline' ? `${model} (baseline)` : model,
      ...byRun(runs, cell),
      ...byRowCount(runs),
    })),
    { title: 'AUC, with its 95 % interval' },
  )
}

function byRowCount(runs: readonly (ComparedScores | null)[]): { 'test rows': string } {
  const counts = new Set(runs.flatMap((scores) => (scores === null ? [] : [scores.rows])))
  return { 'test rows': [...counts].join(', ') }
}

/** The paired test of each AUC difference, or why there is none; undefined without pairs. */
export function pairTable({ pairs }: RunComparison): Table | undefined {
  if (pairs.length === 0) return undefined
  return table(
    pairs.map((pair) => ({
      models: pairName(pair),
      'common rows': `${pair.common} of ${pair.rows.join(' and ')}`,
      difference: pair.test === null ? MISSING : signed(pair.test.difference),
      '95 % interval': pair.test === null ? MISSING : `${signed(pair.test.lower, 3)} to ${signed(pair.test.upper, 3)}`,
      p: pair.test === null ? `not tested: ${pair.reason}` : probability(pair.test.pValue),
    })),
    { title: "Is the difference in AUC chance? (DeLong's paired test)" },
  )
}

const probability = (p: number): string => (p < 0.001 ? 'below 0.001' : fixed(p, 3))

/** `lightgbm, B - A` or `B lstm - A lightgbm`. */
export function pairName({ runs, models }: PairedAuc): string {
  const [a, b] = runs.map(runLabel)
  return models[0] === models[1] ? `${models[0]}, ${b} − ${a}` : `${b} ${models[1]} − ${a} ${models[0]}`
}

const SCORES: readonly (readonly [heading: string, text: (scores: ComparedScores) => string])[] = [
  ['Log-loss', ({ scores }) => fixed(scores.logLoss, 5)],
  ['Brier score', ({ scores }) => fixed(scores.brier, 5)],
  ['Accuracy', ({ scores }) => fixed(scores.accuracy)],
  ['F1', ({ scores }) => fixed(scores.f1)],
  ['Return after fees', ({ trading }) => percent(trading?.totalReturn)],
  ['Sharpe ratio', ({ trading }) => fixed(trading?.sharpe, 2)],
  ['Max drawdown', ({ trading }) => percent(trading?.maxDrawdown)],
]

/** The other scores and the trading of each model (not of baselines), side by side; undefined where no run has one. */
export function scoresTable({ models }: RunComparison): Table | undefined {
  const rows = models
    .filter(({ role }) => role === 'model')
    .flatMap(({ model, runs }) =>
      SCORES.map(([score, text]) => ({ model, score, ...byRun(runs, (scores) => (scores === null ? MISSING : text(scores))) })),
    )
  return rows.length === 0 ? undefined : table(rows, { title: 'Other scores', maxRows: Infinity })
}

/** Numbers that a notebook keeps of its own; undefined where they are equal or there are none. */
export const otherMetricsTable = ({ otherMetrics }: RunComparison): Table | undefined =>
  otherMetrics.length === 0
    ? undefined
    : table(
        otherMetrics.map(({ key, values }) => ({ metric: key, ...byRun(values, short) })),
        { title: 'Other metrics that differ', maxRows: Infinity },
      )

/** Facts in which the runs differ; undefined where there are none. */
export function differenceTable({ areas }: RunComparison): Table | undefined {
  const rows = areas.flatMap(({ differences }) => differences.map(({ area, key, values }) => ({ area, key, ...byRun(values, short) })))
  return rows.length === 0 ? undefined : table(rows, { title: 'What differs', maxRows: Infinity })
}

/** `parameters 11, config 52, ...`: that something was compared and found equal is said too. */
export const equalText = ({ areas }: RunComparison): string =>
  `Facts that are equal in all runs: ${areas.map(({ area, equal }) => `${area} ${equal}`).join(', ')}.`

/** Time, memory and disk. */
export function resourceTable({ runs }: RunComparison): Table {
  const models = [...new Set(runs.flatMap(({ resources }) => Object.keys(resources.fitSeconds)))]
  const row = (what: string, text: (run: RunComparison['runs'][number]['resources']) => string) => ({
    resource: what,
    ...byRun(runs, ({ resources }) => text(resources)),
  })
  return table(
    [
      row('run, seconds', ({ seconds }) => fixed(seconds, 1)),
      ...models.map((model) => row(`fits of ${model}, seconds`, ({ fitSeconds }) => fixed(fitSeconds[model], 1))),
      row('peak memory', ({ peakMemoryBytes }) => gigabytes(peakMemoryBytes)),
      row('cores busy while fitting', ({ cpuShare }) => percent(cpuShare)),
      ...(runs.some(({ resources }) => resources.peakGpuBytes !== undefined)
        ? [row('peak memory of a card', ({ peakGpuBytes }) => gigabytes(peakGpuBytes))]
        : []),
      row('run folder', ({ folderBytes }) => megabytes(folderBytes)),
      row('of it fitted models', ({ modelBytes }) => megabytes(modelBytes)),
    ],
    { title: 'Resources' },
  )
}
