import type { Evaluation, ModelEvaluation } from './evaluate-models.js'
import type { GateReport } from './gates.js'

/** Total returns of one model's backtest, and of buying and holding over the same bars. */
export interface ModelReturns {
  readonly model: string
  readonly gross: number
  readonly net: number
  readonly buyAndHold: number
  readonly fills: number
}

export type Outcome = 'no-edge' | 'edge' | 'edge-lost-to-fees'

export interface Verdict {
  readonly outcome: Outcome
  /** Models with an edge, best AUC first. */
  readonly withEdge: readonly string[]
  /** Full sentences with numbers, the conclusion first. */
  readonly sentences: readonly string[]
}

const three = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(3))
const four = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(4))
const percent = (share: number): string => `${share >= 0 ? '+' : '-'}${Math.abs(100 * share).toFixed(1)} %`

/**
 * What was found, in words. A model has an edge only where the lower end of its pooled AUC's interval lies above 0.5 and its log-loss is below that of the constant
 * baseline. `edge-lost-to-fees`: it has one, but no model with an edge made money after fees though one did before them.
 * @param returns backtests by model; without them nothing is said about money
 */
export function verdict(evaluation: Evaluation, returns: readonly ModelReturns[] = [], gates: readonly GateReport[] = []): Verdict {
  const models = evaluation.models.filter(({ role }) => role === 'model')
  const constantLoss = evaluation.models.find(({ model }) => model === 'constant')?.pooled.logLoss ?? null
  const byAuc = [...models].sort((a, b) => (b.pooled.auc ?? -1) - (a.pooled.auc ?? -1) || (a.model < b.model ? -1 : 1))
  const winners = byAuc.filter((model) => hasEdge(model, constantLoss))
  const withEdge = winners.map(({ model }) => model)
  const money = returns.filter(({ model }) => withEdge.includes(model))
  const lost = money.length > 0 && money.every(({ net }) => net <= 0) && money.some(({ gross }) => gross > 0)
  const outcome: Outcome = winners.length === 0 ? 'no-edge' : lost ? 'edge-lost-to-fees' : 'edge'
  const sentences = [
    conclusion(outcome, winners, models.length, evaluation),
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

function conclusion(outcome: Outcome, winners: readonly ModelEvaluation[], tried: number, { level }: Evaluation): string {
  const names = winners.map(({ model }) => model).join(', ')
  switch (outcome) {
    case 'no-edge':
      return tried === 0
        ? 'No edge found: no model was scored.'
        : `No edge found: none of ${tried} model${tried === 1 ? '' : 's'} has both an AUC whose ${100 * level} % interval lies above 0.5 and a log-loss better than the constant baseline.`
    case 'edge':
      return `Edge found out of sample: ${names}, ${winners.length} of ${tried} model${tried === 1 ? '' : 's'} tried.`
    case 'edge-lost-to-fees':
      return `An edge before fees that fees take away: ${names}, ${winners.length} of ${tried} model${tried === 1 ? '' : 's'} tried.`
  }
}

function modelSentence(entry: ModelEvaluation, constantLoss: number | null, { level }: Evaluation): string {
  const { model, pooled, aucInterval, rows, stability } = entry
  const interval =
    aucInterval === null ? 'no interval' : `${100 * level} % interval ${three(aucInterval.lower)} to ${three(aucInterval.upper)}`
  const better = pooled.logLoss !== null && constantLoss !== null && pooled.logLoss < constantLoss ? 'better' : 'not better'
  return `${model}: AUC ${three(pooled.auc)} (${interval}) on ${rows} rows, worst fold ${three(stability.auc.worst)}; log-loss ${four(pooled.logLoss)}, ${better} than the constant baseline's ${four(constantLoss)}.`
}

function moneySentence({ model, gross, net, buyAndHold, fills }: ModelReturns): string {
  const end = gross > 0 && net <= 0 ? ': fees take the gain away' : ''
  return `${model}, long or flat: ${percent(gross)} before fees, ${percent(net)} after fees on ${fills} fills, beside ${percent(buyAndHold)} for buy-and-hold${end}.`
}

function gateSentence({ model, pass, gates }: GateReport): string {
  const failed = gates
    .filter((gate) => !gate.pass)
    .map(({ name, value, threshold }) => `${name} ${threshold} (measured ${value === null ? 'undefined' : +value.toFixed(4)})`)
  return pass ? `${model} passes all ${gates.length} promotion gates.` : `${model} fails promotion: ${failed.join(', ')}.`
}
