import { z } from 'zod'
import { preprocessParam } from '../params.js'

const count = (defaultValue: number): z.ZodDefault<z.ZodNumber> =>
  z.number().int('a whole number').positive('a positive whole number').default(defaultValue)

/** Parameters of the LSTM and of its training. */
export const lstmParamsSchema = z.strictObject({
  task: z.enum(['classification', 'regression'], "'classification' or 'regression'").default('classification'),
  /** Length of the window the network reads, its own bar included. */
  lookbackBars: count(32),
  /** Width of each recurrent layer; of each direction where there are two. */
  units: count(32),
  layers: count(1),
  /** Which recurrence. A GRU has three quarters of the weights; on a card it runs on the stock layer, for cuDNN's GRU is another one. */
  cell: z.enum(['lstm', 'gru'], "'lstm' or 'gru'").default('lstm'),
  /** Each layer reads the window also from its last bar to its first. The window ends at the bar that is predicted from, so this is no look-ahead. */
  bidirectional: z.boolean('true or false').default(false),
  /** Share of each recurrent layer's outputs that a training step leaves out; between layers the same ones for all bars of a window. */
  dropout: z.number().min(0, 'a share from 0 up to, not including, 1').lt(1, 'a share from 0 up to, not including, 1').default(0),
  /** At most; fewer where the validation loss stops falling. */
  epochs: count(10),
  batchSize: count(128),
  learningRate: z.number().positive('a positive number').default(1e-3),
  /** Epochs without a better validation loss that are waited for. */
  patience: z.number().int('a whole number').min(0, 'a whole number of at least 0').default(3),
  /** How much the validation loss must fall to count as better. */
  minDelta: z.number().min(0, 'a number of at least 0').default(0),
  /** Largest norm of all gradients together. */
  gradientClip: z.number().positive('a positive number').default(1),
  preprocess: preprocessParam('standard'),
})
/** Parameters of `lstm` with their defaults filled in. */
export type LstmParams = z.output<typeof lstmParamsSchema>
