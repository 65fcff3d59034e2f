import type { ModelEvaluation } from './evaluate-models.js'

/** Least a model must reach to be promoted; keys as in the configuration (models.direction.promotion_thresholds). */
export interface PromotionThresholds {
  readonly min_auc: number
  readonly max_brier: number
  readonly min_samples: number
  readonly min_accuracy: number
}

export interface Gate {
  readonly name: keyof PromotionThresholds
  /** What was measured; null where it is not defined, which does not pass. */
  readonly value: number | null
  readonly threshold: number
  /** value >= threshold for min_, value <= threshold for max_. */
  readonly pass: boolean
}

export interface GateReport {
  readonly model: string
  readonly pass: boolean
  readonly gates: readonly Gate[]
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
