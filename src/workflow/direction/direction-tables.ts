import { DISPLAY, type Displayable } from '../../core/index.js'
import { FEATURE_GROUPS, type Feature } from '../../features/index.js'
import { gateRemedy } from '../../evaluate/index.js'
import { counted, formatNumber, table, type Table } from '../../report/index.js'
import { describeFolds, embargoNote, type Fold } from '../../split/index.js'
import type { DirectionScores } from './score-direction.js'

const rounded = (value: number | null | undefined, digits = 4): string =>
  value === null || value === undefined || !Number.isFinite(value) ? 'n/a' : value.toFixed(digits)
const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : 'n/a')

/** How many features each group has, the first of them, and how far they look back. */
export function featureGroupTable(features: readonly Feature[]): Table {
  const rows = FEATURE_GROUPS.map((group) => ({ group, of: features.filter((feature) => feature.group === group) })).filter(
    ({ of }) => of.length > 0,
  )
  return table(
    rows.map(({ group, of }) => ({
      group,
      features: of.length,
      'longest warm-up': Math.max(...of.map(({ lookback }) => lookback)),
      'for example': of
        .filter((_, i) => i % Math.max(1, Math.floor(of.length / 4)) === 0)
        .slice(0, 4)
        .map(({ name }) => name)
        .join(', '),
    })),
    { title: counted(features.length, 'feature') },
  )
}

/** Models and baselines side by side, pooled over the test rows of all folds. */
export function scoreTable({ evaluation }: DirectionScores): Table {
  return table(
    evaluation.models.map(({ model, role, pooled, aucInterval, stability, rows }) => ({
      model: role === 'baseline' ? `${model} (baseline)` : model,
      AUC: rounded(pooled.auc),
      'AUC interval': aucInterval === null ? '' : `${rounded(aucInterval.lower, 3)} to ${rounded(aucInterval.upper, 3)}`,
      'worst fold AUC': rounded(stability.auc.worst),
      'Log-loss': rounded(pooled.logLoss, 5),
      'Brier score': rounded(pooled.brier, 5),
      Accuracy: rounded(pooled.accuracy),
      F1: rounded(pooled.f1),
      rows,
    })),
    {
      title: `Scores on ${counted(evaluation.models[0]?.rows ?? 0, 'test row')} (${percent(evaluation.upShare)} up), none of them seen in training`,
    },
  )
}

/** What trading the probabilities would have given, beside buy-and-hold. */
export function tradingTable({ backtests }: DirectionScores): Table {
  const hold = backtests[0]?.result
  return table(
    [
      ...backtests.map(({ model, result }) => ({
        strategy: `${model}, long above ${result.threshold}`,
        'after fees': percent(result.net.totalReturn),
        'before fees': percent(result.gross.totalReturn),
        'Sharpe, annualised': rounded(result.net.sharpe, 2),
        'max drawdown': percent(result.net.maxDrawdown),
        'time in market': percent(result.exposure),
        fills: result.fills,
      })),
      ...(hold === undefined
        ? []
        : [
            {
              strategy: 'buy and hold',
              'after fees': percent(hold.hold.totalReturn),
              'before fees': '',
              'Sharpe, annualised': rounded(hold.hold.sharpe, 2),
              'max drawdown': percent(hold.hold.maxDrawdown),
              'time in market': percent(1),
              fills: 2,
            },
          ]),
    ],
    { title: hold === undefined ? 'No trades' : `Filled at the next open, ${percent(hold.feeRate)} a side` },
  )
}

/** Each promotion gate of each model: measured, wanted, passed; and what would meet it, where a gate failed for want of rows. */
export function gateTable({ gates }: Pick<DirectionScores, 'gates'>): Table {
  const advised = gates.some((report) => report.gates.some((gate) => gateRemedy(gate) !== ''))
  return table(
    gates.flatMap(({ model, gates: list }) =>
      list.map((gate) => ({
        model,
        gate: gate.name,
        measured: Number.isInteger(gate.value) ? formatNumber(gate.value!) : rounded(gate.value),
        threshold: gate.threshold,
        passed: gate.pass ? 'yes' : 'no',
        ...(advised && { 'what would meet it': gateRemedy(gate) }),
      })),
    ),
    { title: 'Promotion gates (config/ml/training.yaml, models.direction.promotion_thresholds)' },
  )
}

/** The verdict as Markdown: the conclusion in bold, then one sentence a line. */
export function verdictText({ verdict }: DirectionScores): Displayable {
  const [conclusion, ...rest] = verdict.sentences
  return {
    [DISPLAY]: () => ({
      'text/markdown': [`**${conclusion}**`, '', ...rest.map((sentence) => `- ${sentence}`)].join('\n'),
      'text/plain': verdict.sentences.join('\n'),
    }),
  }
}

/** What is the same in every fold: the title has it. */
const SAME_IN_ALL = ['embargo', 'embargoAsked', 'embargoWhy']

/** describeFolds for reading: folds counted from 1 as in the figures, times to the minute, the embargo in force and why in the title. */
export function foldTable(folds: readonly Fold[], time: Float64Array): Table {
  const notes = new Set(folds.flatMap(({ embargo }) => (embargo === undefined ? [] : embargoNote(embargo))))
  return table(
    describeFolds(folds, time).map((row) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([key]) => !SAME_IN_ALL.includes(key))
          .map(([key, value]: [string, unknown]) => [
            key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`),
            key === 'fold' ? Number(value) + 1 : typeof value === 'string' ? value.replace('T', ' ').replace(':00.000Z', '') : value,
          ]),
      ),
    ),
    { title: `${folds.length} walk-forward folds (${['times UTC', ...notes].join('; ')})` },
  )
}
