import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { programOutput } from './program-output.js'

/** One NVIDIA card, by nvidia-smi's numbering (PCI order). */
export interface Gpu {
  /** 'GPU-...', as CUDA_VISIBLE_DEVICES takes it; undefined where only the kernel driver could be asked. */
  readonly uuid?: string
  readonly name: string
  readonly driver: string
  /** Undefined where only the kernel driver could be asked. */
  readonly memoryMiB?: number
}

/** Where the operating system is looked at; tests bring their own. */
export interface GpuSearch {
  /** Folder that stands for `/`. */
  readonly root?: string
  /** Program to ask. Default: `nvidia-smi` from PATH. */
  readonly nvidiaSmi?: string
}

/**
 * Whether this process can reach an NVIDIA card, by device files alone (well below a millisecond). `/proc/driver/nvidia` is not asked: a container sees it on
 * a host with cards although none was given to the container.
 */
export function nvidiaDevicePresent({ root = '/' }: GpuSearch = {}): boolean {
  const devices = join(root, 'dev')
  const cards = existsSync(devices) && readdirSync(devices).some((name) => /^nvidia\d+$/.test(name))
  // Windows Subsystem for Linux: one device file for all cards, and the driver's files mounted from Windows.
  return cards || (existsSync(join(devices, 'dxg')) && existsSync(join(root, 'usr/lib/wsl/lib/nvidia-smi')))
}

/** True where the bus holds an NVIDIA display or compute device, with or without a driver. */
export function nvidiaHardwarePresent({ root = '/' }: GpuSearch = {}): boolean {
  const folder = join(root, 'sys/bus/pci/devices')
  if (!existsSync(folder)) return false
  const read = (device: string, file: string): string => {
    try {
      return readFileSync(join(folder, device, file), 'utf8').trim()
    } catch {
      return ''
    }
  }
  return readdirSync(folder).some((device) => read(device, 'vendor') === '0x10de' && read(device, 'class').startsWith('0x03'))
}

/** All NVIDIA cards: from nvidia-smi, else from the kernel driver's files; empty where there are none or the driver does not answer. */
export async function findGpus(search: GpuSearch = {}): Promise<Gpu[]> {
  const program = search.nvidiaSmi ?? 'nvidia-smi'
  const output = await programOutput(program, ['--query-gpu=uuid,name,driver_version,memory.total', '--format=csv,noheader,nounits'])
  const cards = output === undefined ? [] : parseNvidiaSmi(output)
  return cards.length > 0 || !nvidiaDevicePresent(search) ? cards : gpusFromProc(search.root ?? '/')
}

/** Lines such as `GPU-5a0c..., NVIDIA H200, 570.86.15, 143771`; anything else (nvidia-smi prints its errors to stdout) is not a card. */
export function parseNvidiaSmi(output: string): Gpu[] {
  return output
    .split('\n')
    .map((line) => /^(GPU-[\w-]+), (.+), ([\d.]+), (\d+|\[N\/A\])$/.exec(line.trim()))
    .flatMap((match) => {
      if (match === null) return []
      const [, uuid, name, driver, memory] = match
      return [{ uuid: uuid!, name: name!, driver: driver!, ...(/^\d+$/.test(memory!) && { memoryMiB: Number(memory) }) }]
    })
}

function gpusFromProc(root: string): Gpu[] {
  const folder = join(root, 'proc/driver/nvidia')
  try {
    const driver = /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(readFileSync(join(folder, 'version'), 'utf8'))?.[1] ?? 'unknown'
    return readdirSync(join(folder, 'gpus'))
      .sort()
      .map((address) => /^Model:\s*(.+)$/m.exec(readFileSync(join(folder, 'gpus', address, 'information'), 'utf8'))?.[1]?.trim())
      .map((name) => ({ name: name ?? 'NVIDIA card', driver }))
  } catch {
    return []
  }
}

/**
 * The card that a process sees first under this CUDA_VISIBLE_DEVICES (numbers, or beginnings of UUIDs); undefined where that cannot be told.
 */
export function firstVisibleGpu<T extends Pick<Gpu, 'uuid'>>(gpus: readonly T[], visibleDevices: string | undefined): T | undefined {
  const first = visibleDevices?.split(',')[0]?.trim() || '0'
  if (gpus.length <= 1) return gpus[0]
  return /^\d+$/.test(first) ? gpus[Number(first)] : gpus.find(({ uuid }) => uuid?.startsWith(first))
}

/** CUDA version up to which the driver goes ('12.8'), undefined where nvidia-smi does not say. */
export async function driverCudaVersion(search: GpuSearch = {}): Promise<string | undefined> {
  return /CUDA Version:\s*([\d.]+)/.exec((await programOutput(search.nvidiaSmi ?? 'nvidia-smi', [])) ?? '')?.[1]
}
