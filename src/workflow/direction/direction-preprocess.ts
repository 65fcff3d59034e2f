import type { TrainingConfig } from '../../config/index.js'
import type { PreprocessInput } from '../../preprocess/index.js'

/** The section `preprocess` of the configuration as a model's parameter of that name. `scaler: auto` leaves each model its own. */
export function directionPreprocess({ preprocess }: Pick<TrainingConfig, 'preprocess'>): PreprocessInput {
  const { scaler, drop_near_constant, drop_correlated_above, correlation, missing_indicators: indicators, winsorise } = preprocess
  const missing: Record<typeof preprocess.missing, PreprocessInput['missing']> = {
    reject: { policy: 'reject' },
    median: { policy: 'median', indicators },
    forward_fill: { policy: 'forward-fill', maxAgeRows: preprocess.forward_fill_max_age_bars, indicators },
  }
  return {
    dropConstant: drop_near_constant === null ? null : { maxShare: drop_near_constant },
    dropCorrelated: drop_correlated_above === null ? null : { threshold: drop_correlated_above, method: correlation },
    missing: missing[preprocess.missing],
    winsorise: winsorise === null ? null : { lower: winsorise[0], upper: winsorise[1] },
    ...(scaler !== 'auto' && { scaler }),
  }
}
