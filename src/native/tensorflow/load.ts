import { existsSync } from 'node:fs'
import { LabError } from '../../core/index.js'
import { readInstalled } from '../installed.js'
import { requireNativeTfjs, requireTfjs } from './addon.js'
import { nativeBackend, type Tfjs } from './backend.js'
import { setTensorflowEnvironment, type TensorflowDevice } from './environment.js'
import { fusedClass, isFusedOn } from './fused-layer.js'
import { probeFusedLstm } from './probe.js'
import { trainingOps, type TrainingOps } from './training-ops.js'

/** What runs an LSTM in this process, fastest first. */
export type LstmPath = 'cudnn' | 'fused-cpu' | 'stock' | 'pure-js'

/** What is in force after loading, established by running it. */
export interface TensorflowFacts {
  readonly inForce: 'cuda' | 'cpu'
  readonly path: LstmPath
  /** What computes loss and update of a training step. */
  readonly trainingOps: TrainingOps
  /** Version of the native library; undefined on the pure-JS path. */
  readonly tensorflow?: string
  /** Why this is less than what was asked for; undefined where it is not. */
  readonly fallback?: string
}

/** tfjs on the native library where there is one, and what is in force. */
export interface LoadedTensorflow {
  readonly tf: Tfjs
  readonly facts: TensorflowFacts
}

/** Which device, and whether another one will do. */
export interface LoadTensorflowOptions {
  readonly device: TensorflowDevice
  /** True: an error instead of any fallback (no card, no addon, no fused LSTM). */
  readonly requireDevice?: boolean
}

interface Loaded extends LoadedTensorflow {
  readonly device: TensorflowDevice
}

/** On globalThis, because a notebook's cells and `src/` may be loaded through different module systems and TensorFlow can be loaded once only. */
const LOADED = Symbol.for('barlab.tensorflow')
const store = globalThis as { [LOADED]?: Loaded }

/**
 * Loads TensorFlow into this process: the native addon that set-up built, else tfjs in pure JavaScript (`facts.fallback` says why). The LSTM path is
 * chosen by running each candidate forward and backward on a known case. It blocks for about a second, and card memory stays taken as long as the process
 * lives, so load it in a process that trains or predicts, not in a notebook or a service.
 * Later calls give the same; the device cannot change in a process.
 * @throws LabError `device-not-available` where `requireDevice` forbids the fallback; `tensorflow-device-fixed`
 */
export function loadTensorflow({ device, requireDevice = false }: LoadTensorflowOptions): Promise<LoadedTensorflow> {
  return new Promise((resolve) => {
    const loaded = (store[LOADED] ??= load(device))
    if (loaded.device !== device && device !== 'auto' && device !== loaded.facts.inForce)
      throw new LabError('tensorflow-device-fixed', 'TensorFlow is already loaded in this process for another device.', {
        received: device,
        expected: loaded.facts.inForce,
        help: 'train in a process of its own for each device',
      })
    if (requireDevice && loaded.facts.fallback !== undefined)
      throw new LabError('device-not-available', 'The device that was asked for cannot be used.', {
        received: loaded.facts.fallback,
        expected: `device ${device} without a fallback`,
        help: 'npm run doctor names what is missing; without --require-device the slower path is used',
      })
    resolve({ tf: loaded.tf, facts: loaded.facts })
  })
}

/** True once {@link loadTensorflow} has loaded the native library here. */
export const tensorflowIsLoaded = (): boolean => store[LOADED] !== undefined && store[LOADED].facts.path !== 'pure-js'

function load(device: TensorflowDevice): Loaded {
  const installed = readInstalled()
  const addon = installed?.addon?.path
  if (addon === undefined) return loadPureJs(device, 'the native TensorFlow addon is not installed (npm run setup)')
  if (!existsSync(addon)) return loadPureJs(device, `the native TensorFlow addon is gone: ${addon} (npm run setup)`)
  setTensorflowEnvironment(device)
  let tf: Tfjs
  try {
    tf = requireNativeTfjs(addon)
  } catch (error) {
    return loadPureJs(device, `the native TensorFlow addon does not load: ${error instanceof Error ? error.message : String(error)}`)
  }
  const backend = nativeBackend(tf)
  if (backend === undefined) return loadPureJs(device, 'the native TensorFlow addon loads, but its backend does not start')
  const inForce = backend.isUsingGpuDevice ? 'cuda' : 'cpu'
  const problems: string[] = []
  const cardExpected = device === 'cuda' || (device === 'auto' && installed?.device === 'cuda')
  if (cardExpected && inForce === 'cpu') problems.push('TensorFlow found no usable NVIDIA card')
  const fused = inForce === 'cuda' ? 'cudnn' : 'fused-cpu'
  const problem = probeFusedLstm(tf, fused)
  if (problem !== undefined) problems.push(`the ${fused} LSTM does not work: ${problem}`)
  // From here on tfjs makes fused layers of saved ones.
  else for (const cell of ['lstm', 'gru'] as const) if (isFusedOn(cell, fused)) fusedClass(tf, fused, cell)
  const { ops, problem: opsProblem } = trainingOps(tf)
  if (opsProblem !== undefined) problems.push(`the fused training ops do not work: ${opsProblem}`)
  const facts: TensorflowFacts = {
    inForce,
    path: problem === undefined ? fused : 'stock',
    trainingOps: ops,
    tensorflow: backend.binding.TF_Version,
    ...(problems.length > 0 && { fallback: problems.join('; ') }),
  }
  return { tf, facts, device }
}

function loadPureJs(device: TensorflowDevice, fallback: string): Loaded {
  const tf = requireTfjs()
  // Without this the backend prints an advertisement for tfjs-node; `fallback` says what is the matter.
  tf.enableProdMode()
  void tf.setBackend('cpu')
  return { tf, facts: { inForce: 'cpu', path: 'pure-js', trainingOps: 'tfjs', fallback }, device }
}
