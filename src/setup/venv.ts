import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { displayPath, writeJsonAtomicSync } from '../core/index.js'
import { cacheFolder, venvFolder } from '../native/installed.js'
import { runCommand, runStep } from './command.js'
import { findPython, pythonFits, type Python } from './find-python.js'
import { missingRequirements, readRequirements, requirementFile, requirementFiles } from './requirements.js'

export interface Venv {
  readonly python: Python
  readonly sitePackages: string
}

const pipLog = (): string => join(cacheFolder(), 'logs', 'pip.log')

/** Present while pip works: an environment that still has it was cut off and is made anew. */
const busyMarker = (): string => join(venvFolder(), '.installing')

/** `site-packages` of the environment, undefined where there is none. */
export function sitePackagesOf(folder: string): string | undefined {
  const lib = join(folder, 'lib')
  const python = existsSync(lib) ? readdirSync(lib).find((name) => /^python3\.\d+$/.test(name)) : undefined
  return python === undefined ? undefined : join(lib, python, 'site-packages')
}

/** Opens the project's environment, or makes it. A half-made or broken one is removed first; a whole one, whoever made it, is taken as it is. */
export async function openVenv(say: (line: string) => void): Promise<Venv> {
  const folder = venvFolder()
  const executable = join(folder, 'bin', 'python')
  if (existsSync(folder)) {
    const { code, output } = await runCommand(executable, ['-c', 'import sys, pip; print("%d.%d.%d" % sys.version_info[:3])'])
    const version = output.trim()
    const sitePackages = sitePackagesOf(folder)
    if (code === 0 && sitePackages !== undefined && pythonFits(version) && !existsSync(busyMarker()))
      return { python: { executable, version }, sitePackages }
    say(`the Python environment ${displayPath(folder)} is incomplete or does not fit: making it anew`)
    rmSync(folder, { recursive: true, force: true })
  }
  const base = await findPython()
  say(`making the Python environment ${displayPath(folder)} with Python ${base.version}`)
  await runStep('make the Python environment', base.executable, ['-m', 'venv', folder], {
    log: pipLog(),
    help: 'Debian, Ubuntu: apt-get install python3-venv, then: npm run setup',
  })
  // JupyterLab runs a CommonJS file of its own with Node; below this project's "type": "module" it would fail.
  writeJsonAtomicSync(join(folder, 'package.json'), { type: 'commonjs' })
  return { python: { executable, version: base.version }, sitePackages: sitePackagesOf(folder)! }
}

/**
 * Installs what is missing of the pinned files; nothing is asked of the network where all of it is there.
 * @throws LabError `setup-step-failed` with the end of pip's output
 */
export async function installRequirements(venv: Venv, device: 'cpu' | 'cuda' | 'none', say: (line: string) => void): Promise<void> {
  const files = requirementFiles(device)
  const missing = missingRequirements(venv.sitePackages, readRequirements(files))
  if (missing.length === 0) return
  if (device !== 'none') await removeOtherTensorflow(venv, device)
  say(`installing ${missing.map(({ name, version }) => `${name} ${version}`).join(', ')} (log: ${displayPath(pipLog())})`)
  writeFileSync(busyMarker(), '')
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
    { log: pipLog(), help: 'check the connection to the package index (pip config list) and the free disk space, then: npm run setup' },
  )
  rmSync(busyMarker(), { force: true })
}

/** tensorflow and tensorflow-cpu install the same module: the one for the other device has to go first. */
async function removeOtherTensorflow({ python, sitePackages }: Venv, device: 'cpu' | 'cuda'): Promise<void> {
  const other = device === 'cpu' ? 'tensorflow' : 'tensorflow-cpu'
  const present = readdirSync(sitePackages).some((entry) => entry.startsWith(`${other.replace('-', '_')}-`) && entry.endsWith('.dist-info'))
  if (present)
    await runStep(`remove ${other}`, python.executable, ['-m', 'pip', 'uninstall', '-y', other], {
      log: pipLog(),
      help: 'delete .venv, then: npm run setup',
    })
}
