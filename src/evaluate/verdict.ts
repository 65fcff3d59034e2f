import type { Evaluation, ModelEvaluation } from './evaluate-models.js'
import { gateSentence, gateShortfall, type GateReport } from './gates.js'

/** Total returns of one model's backtest, and of buying and holding over the same bars. */
export interface ModelReturns {
  readonly model: string
  readonly gross: number
  readonly net: number
  readonly buyAndHold: number
  readonly fills: number
}

/** See `verdict`: how each is decided. */
export type Outcome = 'no-edge' | 'edge' | 'edge-lost-to-fees'

/** What was found, in a word and in sentences. */
export interface Verdict {
  readonly outcome: Outcome
  /** Models with an edge, best AUC first. */
  readonly withEdge: readonly string[]
  /** Full sentences with numbers, the conclusion first. */
  readonly sentences: readonly string[]
}

const three = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(3))
const four = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(4))
const whole = (value: number): string => value.toLocaleString('en-US')
const models = (count: number): string => `${count} model${count === 1 ? '' : 's'}`
const percent = (share: number): string => `${share >= 0 ? '+' : '-'}${Math.abs(100 * share).toFixed(1)} %`

/**
 * What was found, in words. A model has an edge only where the lower end of its pooled AUC's interval lies above 0.5 and its log-loss is below that of the constant
 * baseline. `edge-lost-to-fees`: it has one, but no model with an edge made money after fees though one did before them.
 * An edge of models that all fail a promotion gate is still the outcome `edge`, but the first sentence does not claim it.
 * @param returns backtests by model; without them nothing is said about money
 */
export function verdict(evaluation: Evaluation, returns: readonly ModelReturns[] = [], gates: readonly GateReport[] = []): Verdict {
  const tried = evaluation.models.filter(({ role }) => role === 'model')
  const constantLoss = evaluation.models.find(({ model }) => model === 'constant')?.pooled.logLoss ?? null
  const byAuc = [...tried].sort((a, b) => (b.pooled.auc ?? -1) - (a.pooled.auc ?? -1) || (a.model < b.model ? -1 : 1))
  const winners = byAuc.filter((model) => hasEdge(model, constantLoss))
  const withEdge = winners.map(({ model }) => model)
  const money = returns.filter(({ model }) => withEdge.includes(model))
  const lost = money.length > 0 && money.every(({ net }) => net <= 0) && money.some(({ gross }) => gross > 0)
  const outcome: Outcome = winners.length === 0 ? 'no-edge' : lost ? 'edge-lost-to-fees' : 'edge'
  const sentences = [
    conclusion(outcome, { withEdge, tried: tried.length, level: evaluation.level, gates }),
    ...byAuc.map((model) => modelSentence(model, constantLoss, evaluation)),
    ...returns.map(moneySentence),
    ...gates.map(gateSentence),
  ]
  if (
    outcome === 'edge' &&
    money.length > 0 &&
    money.some(({ gross }) => gross > 0) &&
    money.every(({ net, buyAndHold }) => net <= buyAndHold)
  )
    sentences[0] = `${sentences[0]} In money it is not worth it: after fees ${money.length === 1 ? 'it does not beat' : 'none of them beats'} buy-and-hold.`
  if (outcome === 'edge' && money.length > 0 && money.every(({ gross }) => gross <= 0))
    sentences.splice(1, 0, 'Traded long or flat it made no money, not even before fees.')
  if (evaluation.lags > 0)
    sentences.push(
      `Labels of ${evaluation.horizonBars} bars overlap: the intervals count the covariance of rows up to ${evaluation.lags} apart.`,
    )
  return { outcome, withEdge, sentences }
}

function hasEdge({ aucInterval, pooled }: ModelEvaluation, constantLoss: number | null): boolean {
  return (
    aucInterval !== null && aucInterval.lower > 0.5 && pooled.logLoss !== null && constantLoss !== null && pooled.logLoss < constantLoss
  )
}

interface Found {
  readonly withEdge: readonly string[]
  readonly tried: number
  readonly level: number
  readonly gates: readonly GateReport[]
}

function conclusion(outcome: Outcome, { withEdge, tried, level, gates }: Found): string {
  const of = (names: readonly string[]): string => `${names.join(', ')}, ${names.length} of ${models(tried)} tried`
  switch (outcome) {
    case 'no-edge':
      return tried === 0
        ? 'No edge found: no model was scored.'
        : `No edge found: none of ${models(tried)} has both an AUC whose ${100 * level} % interval lies above 0.5 and a log-loss better than the constant baseline.`
    case 'edge':
      return edgeSentence(withEdge, gates, of)
    case 'edge-lost-to-fees':
      return `An edge before fees that fees take away: ${of(withEdge)}.`
  }
}

/** A claim only for models that pass every gate that was asked: an edge on too few rows is soon gone. */
function edgeSentence(withEdge: readonly string[], gates: readonly GateReport[], of: (names: readonly string[]) => string): string {
  const failing = gates.filter(({ model, pass }) => !pass && withEdge.includes(model))
  const passing = withEdge.filter((name) => !failing.some(({ model }) => model === name))
  const but = failing.map(({ model }) => model).join(', ')
  const fails = failing.length === 1 ? 'fails' : 'fail'
  if (passing.length > 0)
    return `Edge found out of sample: ${of(passing)}.${failing.length === 0 ? '' : ` Not yet to be trusted: ${but}, which ${fails} promotion.`}`
  const missed = failing.flatMap((report) => report.gates.filter(({ pass }) => !pass).map(gateShortfall))
  return `Edge in this test, not yet to be trusted: ${of(withEdge)}, ${fails} promotion: ${[...new Set(missed)].join(', ')}.`
}

function modelSentence(entry: ModelEvaluation, constantLoss: number | null, { level }: Evaluation): string {
  const { model, pooled, aucInterval, rows, stability } = entry
  const interval =
    aucInterval === null ? 'no interval' : `${100 * level} % interval ${three(aucInterval.lower)} to ${three(aucInterval.upper)}`
  const better = pooled.logLoss !== null && constantLoss !== null && pooled.logLoss < constantLoss ? 'better' : 'not better'
  return `${model}: AUC ${three(pooled.auc)} (${interval}) on ${whole(rows)} rows, worst fold ${three(stability.auc.worst)}; log-loss ${four(pooled.logLoss)}, ${better} than the constant baseline's ${four(constantLoss)}.`
}

function moneySentence({ model, gross, net, buyAndHold, fills }: ModelReturns): string {
  const end = gross > 0 && net <= 0 ? ': fees take the gain away' : ''
  return `${model}, long or flat: ${percent(gross)} before fees, ${percent(net)} after fees on ${whole(fills)} fill${fills === 1 ? '' : 's'}, beside ${percent(buyAndHold)} for buy-and-hold${end}.`
}
