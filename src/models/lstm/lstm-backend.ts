import { readInstalled } from '../../native/installed.js'
import { isFusedOn, type LoadedTensorflow, type RecurrentCell, type TensorflowFacts } from '../../native/tensorflow/index.js'
import type { TrainingEnvironment } from '../../train/index.js'
import type { LstmNetworkConfig } from './lstm-network.js'

/** What computed it, in words: 'tensorflow 2.21.0 cpu (fused LSTM)'. */
export function describeBackend({ inForce, path, tensorflow }: TensorflowFacts, cell: RecurrentCell): string {
  if (tensorflow === undefined) return 'tfjs (pure JavaScript)'
  const layer = isFusedOn(cell, path) ? { cudnn: 'cuDNN', 'fused-cpu': 'fused' }[path] : 'stock'
  return `tensorflow ${tensorflow} ${inForce} (${layer} ${cell.toUpperCase()})`
}

/** What a reviewer should know about where it ran. */
export function slowerPath({ fallback, path }: TensorflowFacts, cell: RecurrentCell): string[] {
  const name = cell.toUpperCase()
  return [
    ...(fallback === undefined ? [] : [`The ${name} ran on a slower path: ${fallback}.`]),
    ...(path === 'cudnn' && !isFusedOn(cell, path)
      ? [
          `The ${name} ran on the stock layer: cuDNN has another ${name}. On the CPU (device: cpu) it is fused; an LSTM uses the card better.`,
        ]
      : []),
  ]
}

/** What decides a training's bytes beside options and data: another library, processor, path or network is another training. */
export function environmentOf(
  { tf, facts }: LoadedTensorflow,
  { cell = 'lstm', bidirectional = false, units, layers, dropout, seed }: LstmNetworkConfig,
): TrainingEnvironment {
  const { inForce, path, trainingOps, tensorflow = 'none' } = facts
  const { hash: addon = 'none', cpuFlags = 'none' } = readInstalled()?.addon ?? {}
  const library = { tfjs: tf.version['tfjs-core'], tensorflow, addon, cpuFlags, inForce, path, trainingOps }
  return { ...library, cell, bidirectional, units, layers, dropout, networkSeed: seed }
}
