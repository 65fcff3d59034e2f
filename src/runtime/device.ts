import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, sha256, stableJson, writeJsonAtomicSync } from '../core/index.js'
import { cacheFolder, readInstalled, type Installed } from '../native/installed.js'
import type { LstmPath, TensorflowFacts } from '../native/tensorflow/index.js'
import { runChild } from './child.js'
import type { DevicePolicy } from './device-policy.js'
import { findGpus, firstVisibleGpu, nvidiaDevicePresent, type Gpu } from './gpu.js'

/** What models will be trained on, established by running it in a process of its own. */
export interface DeviceFacts {
  readonly requested: DevicePolicy
  readonly inForce: 'cuda' | 'cpu'
  /** What runs an LSTM, fastest first. */
  readonly path: LstmPath
  /** Name of the card in force; undefined on the CPU. */
  readonly card?: string
  readonly driver?: string
  /** Version of the native library; undefined where tfjs runs in pure JavaScript. */
  readonly tensorflow?: string
  /** One line for a run's log. */
  readonly banner: string
  /** Why this is less than what was asked for or installed, with the next command; undefined where it is not. */
  readonly fallback?: string
}

export interface DetectDeviceOptions {
  /** True: any fallback is an error. */
  readonly requireDevice?: boolean
}

const PROBE_TIMEOUT_MS = 180_000

const PATH_WORDS: Record<LstmPath, string> = {
  cudnn: 'LSTM by cuDNN',
  'fused-cpu': 'LSTM by the fused CPU operation',
  stock: 'LSTM by the stock layer (SLOW)',
  'pure-js': 'LSTM in PURE JAVASCRIPT (VERY SLOW)',
}

/**
 * Finds out what a training under this policy will run on. TensorFlow is never loaded into the calling process: a child loads it and tries the LSTM forward and
 * backward (seconds). A result without surprise is kept under `.cache/device/` and found again (milliseconds) until set-up, policy, driver or visible devices change.
 * @throws LabError `device-not-available` where `requireDevice` forbids the fallback; `child-crashed`, `child-timeout`
 */
export async function detectDevice(policy: DevicePolicy, options: DetectDeviceOptions = {}): Promise<DeviceFacts> {
  const installed = readInstalled()
  const file = join(cacheFolder(), 'device', `${cacheKey(policy, installed)}.json`)
  const facts = readFacts(file) ?? (await probe(policy, installed, file))
  if (options.requireDevice === true && facts.fallback !== undefined)
    throw new LabError('device-not-available', 'The device that was asked for cannot be used, and falling back was forbidden.', {
      received: facts.fallback,
      expected: policy === 'cpu' ? 'the fused CPU path' : `device ${policy} without a fallback`,
      help: 'npm run doctor names what is missing; without --require-device the slower path is used',
    })
  return facts
}

async function probe(policy: DevicePolicy, installed: Installed | undefined, file: string): Promise<DeviceFacts> {
  const [tensorflow, gpus] = await Promise.all([
    runChild({ entry: 'src/runtime/device-probe.ts', input: policy, timeoutMs: PROBE_TIMEOUT_MS }) as Promise<TensorflowFacts>,
    policy === 'cpu' ? [] : findGpus(),
  ])
  const facts = describeDevice({ policy, tensorflow, gpus, installed })
  // A fallback may pass (a busy card, a library put right): it is looked at again, except where set-up itself left TensorFlow out.
  if (facts.fallback === undefined || installed?.addon === null) writeJsonAtomicSync(file, facts)
  // As it is found again: a step of a notebook that uses it is compared with its keys in order.
  return JSON.parse(stableJson(facts)) as DeviceFacts
}

export interface DeviceFindings {
  readonly policy: DevicePolicy
  readonly tensorflow: TensorflowFacts
  readonly gpus: readonly Gpu[]
  readonly installed: Pick<Installed, 'device'> | undefined
  /** Default: CUDA_VISIBLE_DEVICES of this process. */
  readonly visibleDevices?: string | undefined
}

/** Puts what was found into words. */
export function describeDevice(findings: DeviceFindings): DeviceFacts {
  const { policy, tensorflow, gpus } = findings
  const { inForce, path } = tensorflow
  const visible = 'visibleDevices' in findings ? findings.visibleDevices : process.env.CUDA_VISIBLE_DEVICES
  const gpu = inForce === 'cuda' ? firstVisibleGpu(gpus, visible) : undefined
  const fallback = explainFallback(findings)
  const unused = inForce === 'cpu' && gpus.length > 0 ? `card not used: ${gpus[0]!.name}` : undefined
  const card = gpu === undefined ? unused : `${gpu.name}, driver ${gpu.driver}`
  const words = [
    `device ${inForce}${policy === inForce ? '' : ` (asked for: ${policy})`}`,
    card,
    tensorflow.tensorflow === undefined ? 'no native TensorFlow' : `TensorFlow ${tensorflow.tensorflow}`,
    PATH_WORDS[path],
    fallback === undefined ? undefined : `FALLBACK: ${fallback}`,
  ]
  return {
    requested: policy,
    inForce,
    path,
    ...(gpu !== undefined && { card: gpu.name, driver: gpu.driver }),
    ...(tensorflow.tensorflow !== undefined && { tensorflow: tensorflow.tensorflow }),
    banner: words.filter((word) => word !== undefined).join(' | '),
    ...(fallback !== undefined && { fallback }),
  }
}

/** The loader only sees that TensorFlow found no card; here it is known whether there is one. */
function explainFallback({ policy, tensorflow, gpus, installed }: DeviceFindings): string | undefined {
  if (policy !== 'cuda' || tensorflow.inForce === 'cuda' || tensorflow.path === 'pure-js') return tensorflow.fallback
  if (gpus.length === 0) return 'no NVIDIA card was found (nvidia-smi)'
  return installed?.device === 'cpu' ? 'the CPU build of TensorFlow is installed (npm run setup -- --device cuda)' : tensorflow.fallback
}

/** Everything that can change what the probe finds and can be read in a millisecond. */
function cacheKey(policy: DevicePolicy, installed: Installed | undefined): string {
  const driver = '/proc/driver/nvidia/version'
  const devices = nvidiaDevicePresent() && existsSync('/dev') ? readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)) : []
  return sha256(
    policy,
    installed?.fingerprint ?? 'not set up',
    installed?.addon?.hash ?? 'no addon',
    String(installed?.addon != null && existsSync(installed.addon.path)),
    process.env.CUDA_VISIBLE_DEVICES ?? '',
    process.env.LD_LIBRARY_PATH ?? '',
    devices.sort().join(),
    existsSync(driver) ? readFileSync(driver, 'utf8') : '',
  ).slice(0, 24)
}

function readFacts(file: string): DeviceFacts | undefined {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DeviceFacts
  } catch {
    return undefined
  }
}
