import { z } from 'zod'
import { lstmParamsSchema } from '../lstm/lstm-params.js'

const MEMBERS = 'a whole number from 2 to 100'

/** Parameters of a deep ensemble: those of the LSTM, for each member, and what the members are. */
export const deepEnsembleParamsSchema = z.strictObject({
  ...lstmParamsSchema.shape,
  /** mlp: hidden layers of `units` with ReLU over the whole window as one row. lstm: the network of the model lstm. */
  member: z.enum(['mlp', 'lstm'], "'mlp' or 'lstm'").default('mlp'),
  members: z.number().int(MEMBERS).min(2, MEMBERS).max(100, MEMBERS).default(5),
  /** Length of the window, its own bar included. Default: 1 bar for mlp, 32 for lstm. */
  lookbackBars: z.number().int('a whole number').positive('a positive whole number').optional(),
  /**
   * Each member weighs each training sample by a number of its own, drawn from the Poisson distribution of mean 1: an online bootstrap (Oza & Russell 2001). Without it
   * members differ by their start and by the order of samples alone, which often is enough (Lakshminarayanan et al. 2017).
   */
  bagging: z.boolean('true or false').default(false),
})
/** Parameters of `deep_ensemble` with their defaults filled in. */
export type DeepEnsembleParams = z.output<typeof deepEnsembleParamsSchema>

export const lookbackOf = ({ member, lookbackBars }: Pick<DeepEnsembleParams, 'member' | 'lookbackBars'>): number =>
  lookbackBars ?? (member === 'mlp' ? 1 : 32)
