import { formatError, isLabError } from '../core/index.js'
import type { Installed } from '../native/installed.js'
import { runChild } from '../runtime/index.js'
import { Sidecar, SidecarArray } from '../sidecar/index.js'
import type { DoctorCheck } from './doctor-report.js'

const TIMEOUT_MS = 60_000

function failed(name: string, error: unknown): DoctorCheck {
  const cure = (isLabError(error) ? error.help : undefined) ?? 'npm run setup -- --force'
  return { name, status: 'problem', value: `does not work:\n${formatError(error)}`, cure }
}

/** Trains one round through the C library, as the fits use it; that Python can import it says nothing about this way in. */
async function checkTrees(name: string, entry: string, installed: Installed | undefined): Promise<DoctorCheck> {
  if (installed === undefined) return { name, status: 'problem', value: 'not installed', cure: 'npm run setup' }
  try {
    const answer = await runChild({ entry, input: {}, timeoutMs: TIMEOUT_MS })
    const { version, separates } = answer as { version: string; separates: boolean }
    if (separates) return { name, status: 'ok', value: version }
    return { name, status: 'problem', value: `${version} trains, but learns nothing`, cure: 'npm run setup -- --force' }
  } catch (error) {
    return failed(name, error)
  }
}

export const checkLightgbm = (installed: Installed | undefined): Promise<DoctorCheck> =>
  checkTrees('LightGBM', 'src/setup/self-test/lightgbm-entry.ts', installed)

export const checkXgboost = (installed: Installed | undefined): Promise<DoctorCheck> =>
  checkTrees('XGBoost', 'src/setup/self-test/xgboost-entry.ts', installed)

/** Lets the Python child fit four points: its start, its own channel, arrays in both directions and scikit-learn. */
export async function checkSidecar(installed: Installed | undefined): Promise<DoctorCheck> {
  const name = 'Python sidecar'
  if (installed === undefined) return { name, status: 'problem', value: 'not installed', cure: 'npm run setup' }
  try {
    const sidecar = await Sidecar.open({ threads: 1 })
    try {
      const x = new SidecarArray(Float64Array.of(-2, -1, 1, 2), [4, 1])
      const params = { x, y: new SidecarArray(Int32Array.of(0, 0, 1, 1)), weight: null, c: 1, solver: 'lbfgs', max_iter: 100 }
      const answer = await sidecar.call('logistic.fit', { ...params, tolerance: 1e-4, seed: 1 }, { timeoutMs: TIMEOUT_MS })
      const { version, coefficients } = answer as { version: string; coefficients: Float64Array }
      if (coefficients[0]! > 0) return { name, status: 'ok', value: `scikit-learn ${version}` }
      return { name, status: 'problem', value: `scikit-learn ${version} fits wrongly`, cure: 'npm run setup -- --force' }
    } finally {
      await sidecar.close()
    }
  } catch (error) {
    return failed(name, error)
  }
}
