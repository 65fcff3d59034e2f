import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatError, isLabError } from '../core/index.js'
import { installedPackageVersion, readInstalled, venvFolder, type Installed } from '../native/installed.js'
import type { TensorflowFacts } from '../native/tensorflow/index.js'
import { describeDevice, findGpus, resolveDevicePolicy, runChild, type DevicePolicy } from '../runtime/index.js'
import { lastLines, runCommand } from './command.js'
import { checkLightgbm, checkSidecar, checkXgboost } from './doctor-libraries.js'
import { checkCompiler, checkCuda, checkDisk, checkGpu, checkMemory, checkNode, checkPython } from './doctor-machine.js'
import type { DoctorCheck, DoctorReport } from './doctor-report.js'
import { checkSetup } from './ensure-setup.js'
import { installerEnv } from './orphans.js'
import { allowedError, readGolden, type SelfTestResult } from './self-test/self-test.js'

export interface DoctorOptions {
  /** Policy of the self-test. Default: BARLAB_DEVICE, else auto. */
  readonly device?: DevicePolicy
}

const SELF_TEST_TIMEOUT_MS = 180_000

/**
 * Looks at everything the main job needs, computes a small known case in a child process, and names the cure of each problem. It changes nothing on the machine.
 */
export async function runDoctor({ device = resolveDevicePolicy() }: DoctorOptions = {}): Promise<DoctorReport> {
  const installed = readInstalled()
  const [python, compiler, gpu, stamp, packages, lightgbm, xgboost, sidecar, numbers, jupyter] = await Promise.all([
    checkPython(installed),
    checkCompiler(installed),
    checkGpu(),
    checkStamp(installed),
    checkPackages(installed),
    checkLightgbm(installed),
    checkXgboost(installed),
    checkSidecar(installed),
    checkNumbers(device, installed),
    checkJupyter(installed),
  ])
  const hardware = [checkNode(), python, compiler, ...gpu, ...checkCuda(installed)]
  const software = [...stamp, packages, lightgbm, xgboost, sidecar, checkTensorflow(installed), ...numbers, ...jupyter]
  const checks = [...hardware, ...software, ...checkDisk(installed), checkMemory()]
  return { ok: checks.every(({ status }) => status !== 'problem'), checks }
}

async function checkStamp(installed: Installed | undefined): Promise<DoctorCheck[]> {
  if (installed === undefined)
    return [{ name: 'Set-up', status: 'problem', value: 'not done yet, or never finished', cure: 'npm run setup' }]
  const stale = await checkSetup(installed)
  const state: DoctorCheck =
    stale === undefined
      ? {
          name: 'Set-up',
          status: 'ok',
          value: `done for ${installed.device}${installed.forcedDevice === undefined ? '' : ' (chosen with --device)'}`,
        }
      : { name: 'Set-up', status: 'warning', value: `out of date: ${stale}`, cure: 'npm run setup (the next run does it by itself)' }
  return [
    state,
    ...installed.problems.map(({ part, message, cure }): DoctorCheck => ({ name: part, status: 'warning', value: message, cure })),
  ]
}

/** Imports what the sidecar and LightGBM need: a library that is there but does not load is found only so. */
async function checkPackages(installed: Installed | undefined): Promise<DoctorCheck> {
  const name = 'Python packages'
  if (installed === undefined) return { name, status: 'problem', value: 'not installed', cure: 'npm run setup' }
  const program =
    'import lightgbm, numpy, sklearn; print(f"numpy {numpy.__version__}, scikit-learn {sklearn.__version__}, lightgbm {lightgbm.__version__}")'
  const { code, output } = await runCommand(installed.python.executable, ['-c', program], { env: installerEnv(venvFolder()) })
  if (code === 0) return { name, status: 'ok', value: output.trim().split('\n').at(-1)! }
  // The wheels bring all but this one, which small container images lack.
  const cure = output.includes('libgomp') ? 'Debian, Ubuntu: apt-get install libgomp1' : 'delete .venv, then: npm run setup'
  return { name, status: 'problem', value: `do not load:\n${lastLines(output, 3)}`, cure }
}

function checkTensorflow(installed: Installed | undefined): DoctorCheck {
  const name = 'TensorFlow'
  if (installed?.tensorflow == null)
    return { name, status: 'warning', value: 'not installed; the LSTM runs in pure JavaScript', cure: 'npm run setup' }
  const { version } = installed.tensorflow
  const { addon } = installed
  if (addon === null || !existsSync(addon.path))
    return { name, status: 'warning', value: `${version}, but no addon; the LSTM runs in pure JavaScript`, cure: 'npm run setup' }
  return { name, status: 'ok', value: `${version} (${installed.device} build), addon ${addon.hash}` }
}

/** Backend in force, and whether what it computes is right. */
async function checkNumbers(device: DevicePolicy, installed: Installed | undefined): Promise<DoctorCheck[]> {
  let answer: { facts: TensorflowFacts; results: SelfTestResult[] }
  try {
    answer = (await runChild({
      entry: 'src/setup/self-test/self-test-entry.ts',
      input: device,
      timeoutMs: SELF_TEST_TIMEOUT_MS,
    })) as typeof answer
  } catch (error) {
    const value = `TensorFlow does not run:\n${formatError(error)}`
    const crashed = isLabError(error) && error.code === 'child-crashed'
    return [{ name: 'Self-test', status: 'problem', value, cure: crashed ? 'npm run setup -- --force' : 'npm run setup' }]
  }
  const facts = describeDevice({ policy: device, tensorflow: answer.facts, gpus: device === 'cpu' ? [] : await findGpus(), installed })
  const backend: DoctorCheck =
    facts.fallback === undefined
      ? { name: 'Backend', status: 'ok', value: facts.banner }
      : {
          name: 'Backend',
          status: 'warning',
          value: facts.banner,
          cure: device === 'cuda' ? 'npm run setup -- --device cuda' : 'npm run setup',
        }
  return [backend, judgeSelfTest(answer.results, facts.inForce)]
}

/** Wrong numbers are the worst problem of all: nothing else would show them. */
export function judgeSelfTest(results: readonly SelfTestResult[], device: 'cuda' | 'cpu'): DoctorCheck {
  const wrong = results.filter(({ relativeError }) => !(relativeError <= allowedError(device)))
  if (wrong.length > 0)
    return {
      name: 'Self-test',
      status: 'problem',
      value: wrong.map(({ what, relativeError }) => `${what} is wrong (relative error ${relativeError.toExponential(1)})`).join(', '),
      cure: 'npm run setup -- --force; until it passes: --device cpu',
    }
  const worst = Math.max(...results.map(({ relativeError }) => relativeError))
  const value = `${results.length} results as by ${readGolden().source} (largest relative error ${worst.toExponential(1)})`
  return { name: 'Self-test', status: 'ok', value }
}

async function checkJupyter(installed: Installed | undefined): Promise<DoctorCheck[]> {
  // Loaded here: this room is entered by every command, and the notebook room brings the TypeScript compiler.
  const { jupyterFolder, KERNEL_NAME } = await import('../notebook/index.js')
  const version = installedPackageVersion('jupyterlab', installed?.sitePackages)
  const plotly = existsSync(join(venvFolder(), 'share/jupyter/labextensions/jupyterlab-plotly'))
  return [
    version === undefined
      ? {
          name: 'JupyterLab',
          status: 'warning',
          value: 'not installed (npm run lab needs it, the batch runner does not)',
          cure: 'npm run setup',
        }
      : plotly
        ? { name: 'JupyterLab', status: 'ok', value: `${version} with the Plotly renderer` }
        : {
            name: 'JupyterLab',
            status: 'warning',
            value: `${version} without the Plotly renderer`,
            cure: 'delete .venv, then: npm run setup',
          },
    checkKernel(join(jupyterFolder(), 'kernels', KERNEL_NAME)),
  ]
}

/** The committed kernelspec, and that the program it names is there. */
export function checkKernel(folder: string): DoctorCheck {
  const name = 'Jupyter kernel'
  const cure = 'git checkout -- src/notebook/kernel'
  try {
    const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as { argv: string[]; display_name: string }
    const program = spec.argv[1]!.replace('{resource_dir}', folder)
    return existsSync(program)
      ? { name, status: 'ok', value: spec.display_name }
      : { name, status: 'problem', value: `its program is missing: ${program}`, cure }
  } catch (error) {
    return {
      name,
      status: 'problem',
      value: `its kernelspec cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      cure,
    }
  }
}
