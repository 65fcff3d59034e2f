import type { Evaluation, GateReport, ModelEvaluation, Verdict } from '../../evaluate/index.js'
import type { ReportVerdict } from '../../report/index.js'

interface Judged {
  readonly verdict: Pick<Verdict, 'outcome' | 'withEdge'>
  readonly gates: readonly GateReport[]
}

/** What the badge says. An edge counts as found only where a model that has one passes the gates; where none were asked, none failed. */
export function verdictKind({ verdict, gates }: Judged): ReportVerdict['kind'] {
  if (verdict.outcome !== 'edge') return verdict.outcome
  const ofWinners = gates.filter(({ model }) => verdict.withEdge.includes(model))
  return ofWinners.length === 0 || ofWinners.some(({ pass }) => pass) ? 'edge' : 'edge-fails-gates'
}

/** The model whose scores stand at the top: the one with the highest AUC. */
export const highestAuc = ({ models }: Pick<Evaluation, 'models'>): ModelEvaluation | undefined =>
  models.filter(({ role }) => role === 'model').sort((a, b) => (b.pooled.auc ?? -1) - (a.pooled.auc ?? -1))[0]

/** What that model is called: the best one only where its edge can be claimed. */
export function highestAucLabel(model: string | undefined, judged: Judged): string {
  if (model === undefined || !judged.verdict.withEdge.includes(model)) return 'Highest AUC (no edge)'
  const passes = judged.gates.every((report) => report.model !== model || report.pass)
  return passes && judged.verdict.outcome === 'edge' ? 'Best model' : 'Highest AUC'
}
