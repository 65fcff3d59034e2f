import type { CellUse } from '../kernel/protocol.js'

/** Those of BARLAB_ that name the run and the folders of the call, or count in a way of their own. */
const OF_CALL: readonly string[] = [
  'BARLAB_RUN_FOLDER',
  'BARLAB_RUNS_DIR',
  'BARLAB_ROOT',
  'BARLAB_CWD',
  'BARLAB_DEVICE',
  'BARLAB_REQUIRE_DEVICE',
  'BARLAB_CACHE',
  'BARLAB_VENV',
]

/** Variables of others that decide about results (docs/configuration.md). */
const OF_OTHERS: readonly string[] = ['CUDA_VISIBLE_DEVICES', 'TF_FORCE_GPU_ALLOW_GROWTH', 'NVIDIA_TF32_OVERRIDE', 'OMP_WAIT_POLICY']

/** What src/native sets for the libraries that it loads (tensorflow/environment.ts, foreign-library.ts): whoever needs one of them later sets it again. */
export const SET_BY_NATIVE: readonly string[] = [
  'TF_CPP_MIN_LOG_LEVEL',
  'TF_FORCE_GPU_ALLOW_GROWTH',
  'TF_DETERMINISTIC_OPS',
  'CUBLAS_WORKSPACE_CONFIG',
  'TF_NUM_INTRAOP_THREADS',
  'TF_NUM_INTEROP_THREADS',
  'CUDA_DEVICE_ORDER',
  'CUDA_VISIBLE_DEVICES',
  'OMP_WAIT_POLICY',
]

const isSteering = (name: string): boolean => (name.startsWith('BARLAB_') || OF_OTHERS.includes(name)) && !OF_CALL.includes(name)

/**
 * Variables that steer Barlab and its libraries, with their values.
 * @param given what the runner was started with; native libraries set some of their own in the kernel, which a run that takes steps over need not load
 * @param inKernel as it is now
 * @param mentioned names that cells up to the step mention: there a cell may have set one
 */
export function steeringFacts(
  given: NodeJS.ProcessEnv,
  inKernel: CellUse['environment'],
  mentioned: readonly string[],
): Record<string, string | undefined> {
  const facts: Record<string, string | undefined> = {}
  for (const name of Object.keys(given).filter(isSteering)) facts[name] = given[name]
  for (const name of mentioned.filter(isSteering)) facts[name] = inKernel[name]
  return facts
}

/** The variables that a cell mentions, with their values; not those that differ from run to run. */
export const mentionedFacts = (names: ReadonlySet<string>, inKernel: CellUse['environment']): Record<string, string | undefined> =>
  Object.fromEntries([...names].filter((name) => !OF_CALL.includes(name)).map((name) => [name, inKernel[name]]))

/** What a step has changed beside variables of cells, for a person; undefined where it has left it alone. */
export function changedSurroundings(before: CellUse, after: CellUse): string | undefined {
  const variables = new Set([...Object.keys(before.environment), ...Object.keys(after.environment)])
  const variable = [...variables].find((name) => before.environment[name] !== after.environment[name] && !SET_BY_NATIVE.includes(name))
  if (variable !== undefined) return `the environment variable ${variable}`
  const values = new Set([...before.globals, ...after.globals])
  const value = [...values].find((name) => before.globals.includes(name) !== after.globals.includes(name))
  return value === undefined ? undefined : `the global value ${value}`
}
