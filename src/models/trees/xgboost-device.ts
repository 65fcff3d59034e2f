import { LabError } from '../../core/index.js'
import { xgboostBuild } from '../../native/xgboost/index.js'
import { nvidiaDevicePresent } from '../../runtime/index.js'

/** Where XGBoost computes. The part on a card has never run on a card: only its refusals are tested. */
export interface XgboostContext {
  readonly device: 'auto' | 'cuda' | 'cpu'
  /** A fallback to the CPU is an error; with `device: 'cuda'` it always is. */
  readonly requireDevice: boolean
}

export interface XgboostDevice {
  readonly asked: 'cuda' | 'cpu'
  /** Why a card that is there is not used. */
  readonly warning?: string
}

/** What this machine offers. */
export interface XgboostFacts {
  /** The installed library can compute on a card. */
  readonly cudaBuild: boolean
  readonly card: boolean
}

/** @throws LabError `no-xgboost` */
export const xgboostFacts = (): XgboostFacts => ({ cudaBuild: xgboostBuild().USE_CUDA, card: nvidiaDevicePresent() })

const NO_CUDA_BUILD = 'the installed XGBoost is built for the CPU alone (package xgboost-cpu)'

/**
 * XGBoost that cannot use a card only prints a line and trains on the CPU, so what it can do is asked beforehand.
 * @throws LabError `device-not-available`
 */
export function chooseXgboostDevice({ device, requireDevice }: XgboostContext, { cudaBuild, card }: XgboostFacts): XgboostDevice {
  if (device === 'cpu') return { asked: 'cpu' }
  if (device === 'cuda') {
    if (!cudaBuild) throw notAvailable(NO_CUDA_BUILD)
    if (!card) throw notAvailable('this machine shows no card')
    return { asked: 'cuda' }
  }
  if (!card) return { asked: 'cpu' }
  if (cudaBuild) return { asked: 'cuda' }
  if (requireDevice) throw notAvailable(NO_CUDA_BUILD)
  return { asked: 'cpu', warning: `There is a card, but ${NO_CUDA_BUILD}: the fit ran on the CPU.` }
}

/**
 * Looks, after the first round, at what XGBoost says it computes on.
 * @param inForce 'cpu' or 'cuda:0'. @returns a warning where the CPU computes against the wish of `device: 'auto'`. @throws LabError `device-not-available`
 */
export function confirmXgboostDevice(
  { device, requireDevice }: XgboostContext,
  asked: 'cuda' | 'cpu',
  inForce: string,
): string | undefined {
  if (inForce.startsWith(asked)) return undefined
  const what = `XGBoost fell back from ${asked} to ${inForce}`
  if (device !== 'auto' || requireDevice) throw notAvailable(what)
  return `${what}: the fit ran there.`
}

const notAvailable = (received: string): LabError =>
  new LabError('device-not-available', 'XGBoost cannot use the device that was asked for.', {
    received,
    expected: 'training on a card',
    help: "npm run doctor names what is missing; with device 'cpu' it trains on the CPU",
  })
