import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, formatError, isLabError, sha256, systemClock, withFileLock, writeJsonAtomicSync } from '../core/index.js'
import {
  cacheFolder,
  installedPackageVersion,
  readInstalled,
  stampPath,
  venvFolder,
  type InstallProblem,
  type Installed,
} from '../native/installed.js'
import { addonHeaders, addonSources } from '../native/tensorflow/index.js'
import { nvidiaDevicePresent, resolveDevicePolicy, type DevicePolicy } from '../runtime/index.js'
import { buildAddon, compilerVersion, cpuFlagsHash, noCompiler } from './addon.js'
import type { Say } from './command.js'
import { missingRequirements, requirementFile, requirementFiles, requirementsFor } from './requirements.js'
import { installRequirements, openVenv, venvIsCutOff } from './venv.js'

export interface SetupOptions {
  /**
   * Which build of TensorFlow: `auto` takes CUDA where an NVIDIA card is found. Default: what a person last chose, at the first set-up BARLAB_DEVICE, else `auto`.
   * This is not a run's device policy: a run on the CPU works with either build.
   */
  readonly device?: DevicePolicy
  /** Compile again although the cache holds the addon, and look at every package again although the stamp fits. */
  readonly force?: boolean
  /** Try again what failed last time although nothing changed; for a person who has just cured it. */
  readonly retry?: boolean
  /** Where progress lines go. Default: stderr. */
  readonly say?: Say
}

const toStderr: Say = (line) => void process.stderr.write(`setup: ${line}\n`)

/** A first set-up downloads hundreds of megabytes: a second one that starts meanwhile waits this long. */
const LOCK_TIMEOUT_MS = 2 * 60 * 60_000

interface Wanted {
  readonly device: 'cpu' | 'cuda'
  readonly forcedDevice: 'cpu' | 'cuda' | undefined
  readonly compiler: string | undefined
  readonly fingerprint: string
}

/**
 * Makes sure that the machine is set up, and says what was installed. Where the stamp fits nothing is done (some ten milliseconds); otherwise environment,
 * packages and addon are brought up to date, each step only where needed, and the stamp is written last, so an interrupted set-up is simply run again.
 * A second one at the same time waits for the first.
 *
 * No compiler or no TensorFlow wheel is not an error: it stands in `problems`, and the LSTM runs in pure JavaScript.
 * @throws LabError `python-not-found`, `setup-step-failed`, `not-an-environment`, `lock-timeout`
 */
export async function ensureSetup(options: SetupOptions = {}): Promise<Installed> {
  const wanted = await wantedSetup(options.device)
  const enough = (): Installed | undefined => {
    const installed = readInstalled()
    const again = options.force === true || (options.retry === true && installed !== undefined && installed.problems.length > 0)
    return installed !== undefined && !again && setupProblem(installed, wanted.fingerprint) === undefined ? installed : undefined
  }
  const ready = enough()
  if (ready !== undefined) return ready
  const say = options.say ?? toStderr
  return withFileLock(join(cacheFolder(), 'setup.lock'), async () => enough() ?? setUp(wanted, options.force === true, say), {
    timeoutMs: LOCK_TIMEOUT_MS,
    onWait: (owner) => say(`waiting for another set-up to end (process ${owner?.pid ?? 'unknown'})`),
  })
}

/** Why the stamp does not hold any more; undefined where this machine is set up as it should be. Changes nothing. */
export async function checkSetup(installed: Installed): Promise<string | undefined> {
  return setupProblem(installed, (await wantedSetup(undefined)).fingerprint)
}

async function wantedSetup(asked: DevicePolicy | undefined): Promise<Wanted> {
  const stamp = readInstalled()
  const policy = asked ?? (stamp === undefined ? resolveDevicePolicy() : (stamp.forcedDevice ?? 'auto'))
  const forcedDevice = policy === 'auto' ? undefined : policy
  const device = forcedDevice ?? (nvidiaDevicePresent() ? 'cuda' : 'cpu')
  const compiler = await compilerVersion()
  const files = [
    ...requirementFiles(device),
    requirementFile('constraints.txt'),
    ...addonHeaders(),
    ...addonSources({ tensorflowFolder: '' }).map(({ file }) => file),
  ]
  const flags = addonSources({ tensorflowFolder: '' }).map((source) => source.flags.join(' '))
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  const fingerprint = sha256(device, forcedDevice ?? 'auto', venvFolder(), compiler ?? 'no compiler', cpuFlagsHash(), ...flags, ...texts)
  return { device, forcedDevice, compiler, fingerprint }
}

/** The stamp counts only while what it names is still there; folder names are read, no file of any size. */
function setupProblem(installed: Installed, fingerprint: string): string | undefined {
  if (installed.fingerprint !== fingerprint) return 'pins, C++ sources, compiler, processor or card have changed'
  if (venvIsCutOff(venvFolder())) return 'an installation was cut off'
  if (!existsSync(installed.python.executable)) return 'the Python environment is gone'
  const missing = missingRequirements(installed.sitePackages, requirementsFor(installed.tensorflow === null ? 'none' : installed.device))
  if (missing.length > 0) return `Python packages are missing: ${missing.map(({ name, version }) => `${name}==${version}`).join(', ')}`
  return installed.addon !== null && !existsSync(installed.addon.path) ? 'the compiled addon is gone' : undefined
}

async function setUp(wanted: Wanted, force: boolean, say: Say): Promise<Installed> {
  const { device, forcedDevice, compiler, fingerprint } = wanted
  const started = systemClock.monotonic()
  const problems: InstallProblem[] = []
  const venv = await openVenv(say)
  await installRequirements(venv, 'none', say)
  const tensorflow = await attempt('TensorFlow', problems, say, async () => {
    await installRequirements(venv, device, say)
    const folder = join(venv.sitePackages, 'tensorflow')
    const version = installedPackageVersion(device === 'cpu' ? 'tensorflow_cpu' : 'tensorflow', venv.sitePackages)
    if (version === undefined || !existsSync(folder))
      throw new LabError('tensorflow-missing', 'TensorFlow is not in the Python environment.', {
        received: folder,
        help: 'delete .venv, then: npm run setup',
      })
    return { folder, version }
  })
  const addon =
    tensorflow === null
      ? null
      : await attempt('TensorFlow addon', problems, say, () => {
          if (compiler === undefined) throw noCompiler()
          return buildAddon({ tensorflow, compilerVersion: compiler, force, say })
        })
  const installed: Installed = {
    stampVersion: 1,
    fingerprint,
    device,
    ...(forcedDevice !== undefined && { forcedDevice }),
    python: venv.python,
    sitePackages: venv.sitePackages,
    tensorflow,
    addon,
    problems,
  }
  writeJsonAtomicSync(stampPath(), installed)
  const slow = problems.length > 0 ? '; the LSTM will run in PURE JAVASCRIPT, which is slow' : ''
  say(`done in ${((systemClock.monotonic() - started) / 1000).toFixed(1)} s${slow}`)
  return installed
}

/** A part that may be missing: its failure is said, kept for the doctor, and the rest goes on. */
async function attempt<T>(
  part: string,
  problems: InstallProblem[],
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!isLabError(error)) throw error
    problems.push({
      part,
      message: `${error.message}${error.received === undefined ? '' : ` ${error.received}`}`,
      cure: error.help ?? 'npm run doctor',
    })
    for (const line of formatError(error).split('\n')) say(`WARNING ${line}`)
    return null
  }
}
