import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, displayPath, writeJsonAtomicSync } from '../core/index.js'
import { cacheFolder, venvFolder } from '../native/installed.js'
import { lastLines, runCommand, runStep, timed, type Say } from './command.js'
import { findPython, pythonFits, type Python } from './find-python.js'
import { endOrphans, installerEnv } from './orphans.js'
import { distributionName, missingRequirements, requirementFile, requirementFiles, requirementsFor } from './requirements.js'

export interface Venv {
  readonly python: Python
  readonly sitePackages: string
}

const pipLog = (): string => join(cacheFolder(), 'logs', 'pip.log')

/** There from before the environment is made until pip has ended: an environment that has it outside of a set-up was cut off. */
const busyMarker = (folder: string): string => join(folder, '.barlab-installing')

export const venvIsCutOff = (folder: string): boolean => existsSync(busyMarker(folder))

/** `site-packages` of an environment, undefined where there is none. */
export function sitePackagesOf(folder: string): string | undefined {
  const lib = join(folder, 'lib')
  const python = existsSync(lib) ? readdirSync(lib).find((name) => /^python3\.\d+$/.test(name)) : undefined
  return python === undefined ? undefined : join(lib, python, 'site-packages')
}

/**
 * Opens the project's environment, or makes it. A cut-off, broken or moved one is removed first; a whole one, whoever made it, is taken as it is.
 * @throws LabError `python-not-found`, `setup-step-failed`, `not-an-environment`
 */
export async function openVenv(say: Say): Promise<Venv> {
  const folder = venvFolder()
  const executable = join(folder, 'bin', 'python')
  const reason = existsSync(folder) ? await whyUnusable(folder, executable) : undefined
  if (existsSync(folder) && typeof reason !== 'string')
    return { python: { executable, version: reason!.version }, sitePackages: sitePackagesOf(folder)! }
  // Found before anything is removed: without a Python the old environment is better than none.
  const base = await findPython()
  if (typeof reason === 'string') {
    say(`the Python environment ${displayPath(folder)} ${reason}: making it anew`)
    await emptyVenv(folder)
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(busyMarker(folder), '')
  await timed(`making the Python environment ${displayPath(folder)} with Python ${base.version}`, say, () =>
    runStep('make the Python environment', base.executable, ['-m', 'venv', folder], {
      log: pipLog(),
      env: installerEnv(folder),
      help: 'Debian, Ubuntu: apt-get install python3-venv, then: npm run setup',
    }),
  )
  // JupyterLab runs a CommonJS file of its own with Node; below this project's "type": "module" it would fail.
  writeJsonAtomicSync(join(folder, 'package.json'), { type: 'commonjs' })
  const sitePackages = sitePackagesOf(folder)
  if (sitePackages === undefined)
    throw new LabError('setup-step-failed', 'The Python environment was made, but has no site-packages.', {
      received: folder,
      help: 'set BARLAB_PYTHON to another Python',
    })
  return { python: { executable, version: base.version }, sitePackages }
}

/** Words for why an environment cannot be taken, or its Python version. */
async function whyUnusable(folder: string, executable: string): Promise<string | { version: string }> {
  if (venvIsCutOff(folder)) return 'was cut off while it was made'
  if (sitePackagesOf(folder) === undefined) return 'is incomplete'
  const { code, output } = await runCommand(executable, ['-c', 'import sys, pip; print("version=%d.%d.%d" % sys.version_info[:3])'], {
    env: installerEnv(folder),
  })
  const version = /^version=(.+)$/m.exec(output)?.[1]
  if (code !== 0 || version === undefined) return `does not run (${lastLines(output, 1).trim()})`
  if (!pythonFits(version)) return `has Python ${version}`
  // The programs in bin/ name their interpreter by its absolute path: after a move they do not run, or run the old one.
  const pip = join(folder, 'bin', 'pip')
  const named = existsSync(pip) ? /(\/[^\n"']*)\/python[^/]*$/m.exec(readFileSync(pip, 'utf8'))?.[1] : undefined
  if (named === undefined || !existsSync(named) || realpathSync(named) !== realpathSync(join(folder, 'bin')))
    return 'was made in another folder'
  return { version }
}

/** Removes what is in the folder, the marker last, so that a cut-off removal is seen as one. */
async function emptyVenv(folder: string): Promise<void> {
  const entries = readdirSync(folder)
  if (entries.length > 0 && !entries.includes('pyvenv.cfg') && !venvIsCutOff(folder))
    throw new LabError('not-an-environment', 'The folder for the Python environment holds something else, which is not removed.', {
      received: folder,
      expected: 'a Python environment (pyvenv.cfg) or an empty folder',
      help: 'move it away, or set BARLAB_VENV to another folder',
    })
  await endOrphans(folder)
  writeFileSync(busyMarker(folder), '')
  for (const entry of entries)
    if (join(folder, entry) !== busyMarker(folder)) rmSync(join(folder, entry), { recursive: true, force: true, maxRetries: 5 })
}

/**
 * Installs what is missing of the pinned files; nothing is asked of the network where all of it is there.
 * @throws LabError `setup-step-failed` with the end of pip's output
 */
export async function installRequirements(venv: Venv, device: 'cpu' | 'cuda' | 'none', say: Say): Promise<void> {
  const folder = venvFolder()
  const files = requirementFiles(device)
  const missing = missingRequirements(venv.sitePackages, requirementsFor(device))
  const done = (): void => rmSync(busyMarker(folder), { force: true })
  if (missing.length === 0) return done()
  const names = missing.map(({ name, version }) => `${name} ${version}`).join(', ')
  const size = device === 'cuda' ? ', about 3.4 GB' : device === 'cpu' ? ', about 300 MB' : ''
  await timed(`installing ${names} (log: ${displayPath(pipLog())}${size})`, say, async () => {
    writeFileSync(busyMarker(folder), '')
    await removeOtherBuilds(venv, device)
    await runStep(
      'install the Python packages',
      venv.python.executable,
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-input',
        '-c',
        requirementFile('constraints.txt'),
        ...files.flatMap((file) => ['-r', file]),
      ],
      {
        log: pipLog(),
        env: installerEnv(folder),
        help: 'check the connection to the package index (pip config list) and the free disk space, then: npm run setup',
        // pip undoes what it began when it fails by itself; only one that was killed leaves half an installation.
        onEnd: done,
      },
    )
  })
}

/** tensorflow and tensorflow-cpu install the same module, as xgboost and xgboost-cpu do: the one for the other device has to go first, and its files with it. */
async function removeOtherBuilds({ python, sitePackages }: Venv, device: 'cpu' | 'cuda' | 'none'): Promise<void> {
  const others = device === 'cuda' ? ['tensorflow-cpu', 'xgboost-cpu'] : device === 'cpu' ? ['tensorflow', 'xgboost'] : ['xgboost']
  const entries = readdirSync(sitePackages).filter((entry) => entry.endsWith('.dist-info'))
  const present = others.filter((other) => entries.some((entry) => entry.startsWith(`${distributionName(other)}-`)))
  if (present.length === 0) return
  const env = installerEnv(venvFolder())
  await runStep(`remove ${present.join(' and ')}`, python.executable, ['-m', 'pip', 'uninstall', '-y', ...present], {
    log: pipLog(),
    env,
    help: 'delete .venv, then: npm run setup',
  })
}
