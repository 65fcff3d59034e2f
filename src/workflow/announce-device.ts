import type { TrainingConfig } from '../config/index.js'
import { displayBundle } from '../core/index.js'
import { detectDevice, resolveDevicePolicy, type DeviceFacts, type DevicePolicy } from '../runtime/index.js'
import type { Run } from '../track/index.js'

/** Device facts with what was demanded, as the fits need them. */
export interface AnnouncedDevice extends DeviceFacts {
  /** True: a fallback is an error. */
  readonly required: boolean
}

/**
 * Detects what trains here (BARLAB_DEVICE before `resources.device` of the configuration), shows the one-line banner and records it in run.json.
 * With BARLAB_REQUIRE_DEVICE=1 (the runner's `--require-device`) a fallback is an error.
 * @throws LabError `device-not-available`, `bad-device`
 */
export async function announceDevice(run: Run, config: TrainingConfig, chosen?: DevicePolicy): Promise<AnnouncedDevice> {
  const env = process.env.BARLAB_DEVICE
  const policy = resolveDevicePolicy({
    ...(chosen !== undefined && { flag: chosen }),
    ...(env !== undefined && { env }),
    config: config.resources.device,
  })
  const required = process.env.BARLAB_REQUIRE_DEVICE === '1'
  const facts = await detectDevice(policy, { requireDevice: required })
  await run.record('device', facts)
  displayBundle({ 'text/plain': facts.banner })
  return { ...facts, required }
}
