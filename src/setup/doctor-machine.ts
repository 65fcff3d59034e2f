import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { cacheFolder, installedPackageVersion, venvFolder, type Installed } from '../native/installed.js'
import { isLabError, machineFacts, projectPath, runsFolder } from '../core/index.js'
import { driverCudaVersion, findGpus, nvidiaDevicePresent, nvidiaHardwarePresent } from '../runtime/index.js'
import { compilerVersion, noCompiler } from './addon.js'
import type { DoctorCheck } from './doctor-report.js'
import { findPython } from './find-python.js'

const GIB = 2 ** 30
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

/** Compares dotted versions by their numbers: '20.20.1' is at least '20.19'. */
export function versionAtLeast(version: string, least: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map((part) => parseInt(part, 10) || 0)
  const [a, b] = [numbers(version), numbers(least)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0)
  return true
}

/** The range `>=20.19 <25` of package.json. */
export function checkNode(version: string = process.versions.node): DoctorCheck {
  const { engines } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { engines: { node: string } }
  const [, least, below] = /^>=([\d.]+) <([\d.]+)$/.exec(engines.node)!
  const fits = versionAtLeast(version, least!) && !versionAtLeast(version, below!)
  const value = `${version}, ${platform()} ${arch()}`
  if (!fits) return { name: 'Node', status: 'problem', value, cure: `install Node ${engines.node}` }
  return { name: 'Node', status: 'ok', value }
}

export async function checkPython(installed: Installed | undefined): Promise<DoctorCheck> {
  if (installed !== undefined && existsSync(installed.python.executable))
    return { name: 'Python', status: 'ok', value: `${installed.python.version}, ${installed.python.executable}` }
  try {
    const { version, executable } = await findPython()
    return { name: 'Python', status: 'ok', value: `${version}, ${executable} (no environment made from it yet)` }
  } catch (error) {
    if (!isLabError(error)) throw error
    return { name: 'Python', status: 'problem', value: `${error.message} ${error.received ?? ''}`, cure: error.help ?? 'npm run setup' }
  }
}

export async function checkCompiler(installed: Installed | undefined): Promise<DoctorCheck> {
  const version = await compilerVersion()
  if (version !== undefined) return { name: 'C++ compiler', status: 'ok', value: version }
  const value = installed?.addon == null ? 'none; without it the LSTM runs in pure JavaScript' : 'none; the addon in the cache does without'
  return { name: 'C++ compiler', status: 'warning', value, cure: noCompiler().help! }
}

/** CUDA 12 needs this driver (NVIDIA, CUDA compatibility, minor version compatibility). */
const OLDEST_DRIVER = '525.60.13'

export async function checkGpu(): Promise<DoctorCheck[]> {
  const [gpus, cuda] = await Promise.all([findGpus(), driverCudaVersion()])
  if (gpus.length === 0) {
    if (nvidiaHardwarePresent())
      return [
        {
          name: 'GPU',
          status: 'warning',
          value: 'an NVIDIA card is there, but its driver does not answer',
          cure: 'install the NVIDIA driver (or start the container with --gpus all), then: npm run setup',
        },
      ]
    return [{ name: 'GPU', status: 'note', value: 'no NVIDIA card' }]
  }
  const names = gpus.map(({ name, memoryMiB }) => `${name}${memoryMiB === undefined ? '' : ` (${gib(memoryMiB * 2 ** 20)})`}`)
  const { driver } = gpus[0]!
  const value = `${driver}${cuda === undefined ? '' : `, up to CUDA ${cuda}`}`
  const fits = versionAtLeast(driver, OLDEST_DRIVER)
  return [
    { name: 'GPU', status: 'ok', value: names.join(', ') },
    fits
      ? { name: 'Driver', status: 'ok', value }
      : { name: 'Driver', status: 'warning', value, cure: `install NVIDIA driver ${OLDEST_DRIVER} or newer` },
  ]
}

/** CUDA and cuDNN as the TensorFlow wheel brings them. */
export function checkCuda(installed: Installed | undefined): DoctorCheck[] {
  const version = (name: string): string | undefined => installedPackageVersion(name, installed?.sitePackages)
  if (installed?.device !== 'cuda') {
    const value = installed === undefined ? 'not set up yet' : 'not installed (CPU build of TensorFlow)'
    return [
      { name: 'CUDA', status: 'note', value },
      { name: 'cuDNN', status: 'note', value },
    ]
  }
  const part = (name: string, distribution: string): DoctorCheck => {
    const found = version(distribution)
    return found === undefined
      ? { name, status: 'warning', value: 'missing from the Python environment', cure: 'npm run setup -- --device cuda' }
      : { name, status: 'ok', value: found }
  }
  return [part('CUDA', 'nvidia_cuda_runtime_cu12'), part('cuDNN', 'nvidia_cudnn_cu12')]
}

/** Below the first the main job may fail; below the second it is tight. */
const DISK_GIB = [0.2, 1] as const
const FIRST_SETUP_GIB = { cpu: 3, cuda: 9 } as const
const MEMORY_GIB = [1, 4] as const

export function checkDisk(installed: Installed | undefined): DoctorCheck[] {
  const places = new Map<number, { names: string[]; free: number }>()
  for (const [name, path] of [
    ['project', projectPath()],
    ['runs', runsFolder()],
    ['cache', cacheFolder()],
    ['Python environment', venvFolder()],
  ] as const) {
    if (!existsSync(path)) continue
    const { bavail, bsize, blocks, bfree } = statfsSync(path)
    // Folders on one file system are told once: total and free blocks identify it well enough for a message.
    const key = blocks * 31 + bfree
    places.set(key, { names: [...(places.get(key)?.names ?? []), name], free: bavail * bsize })
  }
  const needed = installed !== undefined ? DISK_GIB[1] : FIRST_SETUP_GIB[nvidiaDevicePresent() ? 'cuda' : 'cpu']
  return [...places.values()].map(({ names, free }) => {
    const value = `${gib(free)} free (${names.join(', ')})`
    const cure = `free at least ${needed} GiB: old folders under runs/ are the usual candidates`
    if (free < DISK_GIB[0] * GIB) return { name: 'Disk', status: 'problem', value, cure }
    return free < needed * GIB ? { name: 'Disk', status: 'warning', value, cure } : { name: 'Disk', status: 'ok', value }
  })
}

export function checkMemory(facts = machineFacts()): DoctorCheck {
  const value = `${gib(facts.memoryBytes)}, ${facts.cores} ${facts.cores === 1 ? 'core' : 'cores'}`
  const cure = 'close other programs, raise the limit of the container, or lower resources.max_workers in config/ml/training.yaml'
  if (facts.memoryBytes < MEMORY_GIB[0] * GIB) return { name: 'Memory', status: 'problem', value, cure }
  return facts.memoryBytes < MEMORY_GIB[1] * GIB
    ? { name: 'Memory', status: 'warning', value, cure }
    : { name: 'Memory', status: 'ok', value }
}
