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
import { nvidiaDevicePresent } from '../runtime/index.js'
import { buildAddon, compilerVersion, cpuFlagsHash } from './addon.js'
import { requirementFile, requirementFiles } from './requirements.js'
import { installRequirements, openVenv } from './venv.js'

export interface SetupOptions {
  /** Which TensorFlow wheel: 'auto' takes CUDA where an NVIDIA card is found; undefined (default) is what a person last chose, else 'auto'. */
  readonly device?: 'auto' | 'cpu' | 'cuda'
  /** Do everything again that can be checked, even where the stamp fits. */
  readonly force?: boolean
  /** Where progress lines go; default: stderr. */
  readonly say?: (line: string) => void
}

const toStderr = (line: string): void => void process.stderr.write(`setup: ${line}\n`)

/** A first set-up downloads hundreds of megabytes: a second one that starts meanwhile waits this long. */
const LOCK_TIMEOUT_MS = 60 * 60_000

/**
 * Makes sure that the machine is set up, and says what was installed. Where the stamp fits nothing is done (well below a second); otherwise environment,
 * packages and addon are brought up to date, each step only where needed, and the stamp is written last, so an interrupted set-up is simply run again.
 * A second one at the same time waits for the first.
 *
 * No compiler or no TensorFlow wheel is not an error: it stands in `problems`, and the LSTM runs in pure JavaScript.
 * @throws LabError `python-not-found`, `setup-step-failed`
 */
export async function ensureSetup(options: SetupOptions = {}): Promise<Installed> {
  const forced = options.device === undefined ? readInstalled()?.forcedDevice : options.device === 'auto' ? undefined : options.device
  const device = forced ?? (nvidiaDevicePresent() ? 'cuda' : 'cpu')
  const fingerprint = await setupFingerprint(device)
  const current = readInstalled()
  if (options.force !== true && current !== undefined && fits(current, fingerprint)) return current
  const say = options.say ?? toStderr
  return withFileLock(
    join(cacheFolder(), 'setup.lock'),
    async () => {
      const after = readInstalled()
      if (options.force !== true && after !== undefined && fits(after, fingerprint)) return after
      return setUp(device, forced, fingerprint, say)
    },
    { timeoutMs: LOCK_TIMEOUT_MS, onWait: (owner) => say(`waiting for another set-up (process ${owner?.pid ?? 'unknown'})`) },
  )
}

/** Hash of all that the result depends on. A few milliseconds and one call of the compiler. */
async function setupFingerprint(device: 'cpu' | 'cuda'): Promise<string> {
  const files = [
    ...requirementFiles(device),
    requirementFile('constraints.txt'),
    ...addonHeaders(),
    ...addonSources({ tensorflowFolder: '' }).map(({ file }) => file),
  ]
  return sha256(
    device,
    venvFolder(),
    (await compilerVersion()) ?? 'no compiler',
    cpuFlagsHash(),
    ...files.map((file) => readFileSync(file, 'utf8')),
  )
}

/** The stamp counts only while what it names is still there. */
function fits(installed: Installed, fingerprint: string): boolean {
  return (
    installed.fingerprint === fingerprint &&
    existsSync(installed.python.executable) &&
    existsSync(installed.sitePackages) &&
    !existsSync(join(venvFolder(), '.installing')) &&
    (installed.addon === null || existsSync(installed.addon.path))
  )
}

async function setUp(
  device: 'cpu' | 'cuda',
  forced: 'cpu' | 'cuda' | undefined,
  fingerprint: string,
  say: (line: string) => void,
): Promise<Installed> {
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
      : await attempt('TensorFlow addon', problems, say, async () => {
          const compiler = await compilerVersion()
          if (compiler === undefined)
            throw new LabError('no-compiler', 'There is no C++ compiler.', {
              received: `${process.env.CXX ?? 'g++'} does not run`,
              expected: 'g++ with C++17',
              help: 'Debian, Ubuntu: apt-get install g++, then: npm run setup',
            })
          return buildAddon(tensorflow.folder, tensorflow.version, compiler, say)
        })
  const installed: Installed = {
    stampVersion: 1,
    fingerprint,
    device,
    ...(forced !== undefined && { forcedDevice: forced }),
    python: venv.python,
    sitePackages: venv.sitePackages,
    tensorflow,
    addon,
    problems,
  }
  writeJsonAtomicSync(stampPath(), installed)
  say(
    `done in ${((systemClock.monotonic() - started) / 1000).toFixed(1)} s${problems.length > 0 ? '; the LSTM will run in PURE JAVASCRIPT, which is slow' : ''}`,
  )
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
