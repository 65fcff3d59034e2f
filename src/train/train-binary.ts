import type { Tfjs } from '../native/tensorflow/index.js'
import type { Network } from './network.js'
import type { LabelledSequences } from './sequence-data.js'
import { train, type TrainOptions, type TrainResult } from './train.js'

/** {@link train} by its older name. */
export const trainBinary = (
  tf: Tfjs,
  network: Network,
  data: LabelledSequences,
  validation: LabelledSequences,
  options: TrainOptions,
): Promise<TrainResult> => train(tf, network, data, validation, options)
