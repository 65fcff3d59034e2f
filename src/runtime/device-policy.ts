import { LabError, EXIT, nearestName } from '../core/index.js'
import type { TensorflowDevice } from '../native/tensorflow/index.js'

/** Where models are to be trained: `auto` the NVIDIA card where one can be used, `cuda` the card, `cpu` never the card. The one vocabulary of flag, environment and configuration. */
export type DevicePolicy = TensorflowDevice

export const DEVICE_POLICIES: readonly DevicePolicy[] = ['auto', 'cuda', 'cpu']

export interface DevicePolicySources {
  /** `--device`. */
  readonly flag?: string | undefined
  /** Default: the variable BARLAB_DEVICE of this process; '' counts as not set. */
  readonly env?: string | undefined
  /** `resources.device` of the configuration, in which `gpu_enabled` is already counted. */
  readonly config?: string | undefined
}

/**
 * The policy in force: flag, else environment, else configuration, else `auto`.
 * @throws LabError `bad-device` naming the source of the wrong word
 */
export function resolveDevicePolicy(sources: DevicePolicySources = {}): DevicePolicy {
  const env = 'env' in sources ? sources.env : process.env.BARLAB_DEVICE
  const given: [source: string, value: string | undefined][] = [
    ['--device', sources.flag],
    ['BARLAB_DEVICE', env === '' ? undefined : env],
    ['resources.device', sources.config],
  ]
  // Every source is checked, also those that another one overrides: a misspelt word would show up much later.
  const policies = given.map(([source, value]) => (value === undefined ? undefined : checkPolicy(source, value)))
  return policies.find((policy) => policy !== undefined) ?? 'auto'
}

function checkPolicy(source: string, value: string): DevicePolicy {
  const found = DEVICE_POLICIES.find((policy) => policy === value)
  if (found !== undefined) return found
  // By letters alone, gpu would be taken for cpu.
  const nearest = /gpu|nvidia/i.test(value) ? 'cuda' : nearestName(value, DEVICE_POLICIES)
  throw new LabError('bad-device', 'There is no such device.', {
    received: `${source} ${value}`,
    expected: 'auto, cuda or cpu',
    help: nearest === undefined ? 'choose one of the three' : `did you mean ${nearest}?`,
    exitCode: EXIT.usage,
  })
}
