import type { ModelEvaluation } from './evaluate-models.js'

/** Least a model must reach to be promoted; keys as in the configuration (models.direction.promotion_thresholds). */
export interface PromotionThresholds {
  readonly min_auc: number
  readonly max_brier: number
  readonly min_samples: number
  readonly min_accuracy: number
}

/** One promotion threshold and what was measured. */
export interface Gate {
  readonly name: keyof PromotionThresholds
  /** What was measured; null where it is not defined, which does not pass. */
  readonly value: number | null
  readonly threshold: number
  /** value >= threshold for min_, value <= threshold for max_. */
  readonly pass: boolean
}

/** All thresholds of one model; it passes where each of them does. */
export interface GateReport {
  readonly model: string
  readonly pass: boolean
  readonly gates: readonly Gate[]
}

/** A measured value or a threshold as a sentence has it: 0.5381, 1,000. */
const shown = (value: number | null): string =>
  value === null ? 'undefined' : value.toLocaleString('en-US', { maximumFractionDigits: 4, useGrouping: true })

/** By how much a gate was missed, short enough for a headline: `min_samples (466 of 1,000)`. */
export const gateShortfall = ({ name, value, threshold }: Gate): string =>
  `${name} (${shown(value)} ${name.startsWith('max_') ? 'above' : 'of'} ${shown(threshold)})`

/** What would meet a gate that failed; '' where it passed, and where only a better model would do. */
export const gateRemedy = ({ name, pass }: Gate): string => (pass || name !== 'min_samples' ? '' : 'more bars, or a larger testSize')

/** What the gates say about a model, in a sentence. Passing them is no advice to trade, so it is said what they leave out. */
export function gateSentence({ model, pass, gates }: GateReport): string {
  if (pass) return `${model} passes all ${gates.length} promotion gates; they measure prediction, not profit after fees.`
  const failed = gates
    .filter((gate) => !gate.pass)
    .map((gate) =>
      gate.name === 'min_samples'
        ? `min_samples (${shown(gate.value)} test rows of ${shown(gate.threshold)}: ${gateRemedy(gate)})`
        : `${gate.name} ${shown(gate.threshold)} (measured ${shown(gate.value)})`,
    )
  return `${model} fails promotion: ${failed.join(', ')}.`
}

/** Holds a model's pooled test scores against the promotion thresholds. Failing is a result, not an error. */
export function checkGates(
  { model, rows, pooled }: Pick<ModelEvaluation, 'model' | 'rows' | 'pooled'>,
  thresholds: PromotionThresholds,
): GateReport {
  const gate = (name: keyof PromotionThresholds, value: number | null): Gate => {
    const threshold = thresholds[name]
    const pass = value !== null && (name.startsWith('max_') ? value <= threshold : value >= threshold)
    return { name, value, threshold, pass }
  }
  const gates = [
    gate('min_auc', pooled.auc),
    gate('max_brier', pooled.brier),
    gate('min_samples', rows),
    gate('min_accuracy', pooled.accuracy),
  ]
  return { model, pass: gates.every(({ pass }) => pass), gates }
}
