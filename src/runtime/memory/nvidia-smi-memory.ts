/** Readers of what nvidia-smi prints about memory. Lines that are not understood (it prints its errors to stdout, too) are left out. */

const MIB = 2 ** 20

/** Memory of a card, or of one MIG device of it, in bytes. */
export interface CardMemory {
  /** 'GPU-...', or 'MIG-...' for a MIG device. */
  readonly id: string
  readonly totalBytes: number
  readonly usedBytes: number
  readonly freeBytes: number
}

export interface CardLine {
  readonly uuid: string
  /** Undefined where the driver does not say: a card that shares the host's memory, a MIG card without the permission. */
  readonly memory: CardMemory | undefined
  readonly mig: boolean
}

/** Arguments for {@link parseCards}. */
export const CARD_QUERY = [
  '--query-gpu=uuid,memory.total,memory.used,memory.free,mig.mode.current',
  '--format=csv,noheader,nounits',
] as const

/** Lines such as `GPU-5a0c..., 143771, 5321, 137829, Disabled`, in MiB; a value can be `[N/A]` or `[Insufficient Permissions]`. */
export function parseCards(output: string): CardLine[] {
  return rows(output, 5).flatMap(([uuid, total, used, free, mig]) => {
    if (!/^GPU-[\w-]+$/.test(uuid!)) return []
    const [totalBytes, usedBytes, freeBytes] = [mib(total), mib(used), mib(free)]
    const known = totalBytes !== undefined && usedBytes !== undefined && freeBytes !== undefined
    return [{ uuid: uuid!, memory: known ? { id: uuid!, totalBytes, usedBytes, freeBytes } : undefined, mig: mig === 'Enabled' }]
  })
}

/** Memory of one process on a card or a MIG device. */
export interface GpuProcess {
  readonly id: string
  readonly pid: number
  /** Undefined where the driver does not say (WSL, a MIG card without the permission). */
  readonly usedBytes: number | undefined
}

/** Arguments for {@link parseGpuProcesses}. */
export const PROCESS_QUERY = ['--query-compute-apps=gpu_uuid,pid,used_gpu_memory', '--format=csv,noheader,nounits'] as const

/** Lines such as `GPU-5a0c..., 41237, 5310`, in MiB; the last can be `[N/A]`. */
export function parseGpuProcesses(output: string): GpuProcess[] {
  return rows(output, 3).flatMap(([id, pid, used]) =>
    /^(GPU|MIG)-/.test(id!) && /^\d+$/.test(pid!) ? [{ id: id!, pid: Number(pid), usedBytes: mib(used) }] : [],
  )
}

/** One MIG device with its processes. */
export interface MigDevice {
  readonly card: string
  readonly memory: CardMemory
  readonly processes: readonly GpuProcess[]
}

/**
 * The MIG devices of all cards in the order in which nvidia-smi numbers them. CSV queries know nothing of them: the memory stands in the XML of `nvidia-smi -q -x`,
 * the name that CUDA_VISIBLE_DEVICES takes only in the list of `nvidia-smi -L`; card and device number join the two.
 * @param list output of `nvidia-smi -L`
 */
export function parseMigDevices(xml: string, list: string): MigDevice[] {
  const names = migNames(list)
  return blocks(xml, 'gpu').flatMap((gpu) => {
    const devices = blocks(gpu, 'mig_device')
    const outside = gpu.replace(/<mig_devices>[\s\S]*?<\/mig_devices>/, '')
    const card = /<uuid>\s*(GPU-[\w-]+)\s*<\/uuid>/.exec(outside)?.[1]
    if (card === undefined) return []
    const processes = blocks(outside, 'process_info')
    return devices.flatMap((device) => {
      const id = names.get(`${card} ${value(device, 'index') ?? ''}`)
      const memory = blocks(device, 'fb_memory_usage')[0] ?? ''
      const [totalBytes, usedBytes, freeBytes] = ['total', 'used', 'free'].map((name) => mib(value(memory, name)))
      if (id === undefined || totalBytes === undefined || usedBytes === undefined || freeBytes === undefined) return []
      const mine = processes.filter((one) =>
        ['gpu_instance_id', 'compute_instance_id'].every((name) => value(one, name) === value(device, name)),
      )
      const found = mine.flatMap((one) => {
        const pid = Number(value(one, 'pid'))
        return Number.isInteger(pid) ? [{ id, pid, usedBytes: mib(value(one, 'used_memory')) }] : []
      })
      return [{ card, memory: { id, totalBytes, usedBytes, freeBytes }, processes: found }]
    })
  })
}

/** `GPU 0: NVIDIA A100 (UUID: GPU-5d5b...)`, then for each device `  MIG 1g.5gb Device 0: (UUID: MIG-c6d4...)`: name by card and number. */
function migNames(list: string): Map<string, string> {
  const names = new Map<string, string>()
  let card = ''
  for (const line of list.split('\n')) {
    card = /^GPU \d+: .*\(UUID: (GPU-[\w-]+)\)/.exec(line)?.[1] ?? card
    const [, device, name] = /^\s+MIG .*Device\s+(\d+): \(UUID: (MIG-[^)]+)\)/.exec(line) ?? []
    if (device !== undefined) names.set(`${card} ${device}`, name!)
  }
  return names
}

const rows = (output: string, columns: number): string[][] =>
  output
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === columns)

/** `1024` and `1024 MiB` as bytes. */
function mib(text: string | undefined): number | undefined {
  const number = /^(\d+)(?: MiB)?$/.exec(text?.trim() ?? '')?.[1]
  return number === undefined ? undefined : Number(number) * MIB
}

const blocks = (xml: string, tag: string): string[] => xml.match(new RegExp(`<${tag}(?: [^>]*)?>[\\s\\S]*?</${tag}>`, 'g')) ?? []

const value = (xml: string, tag: string): string | undefined => new RegExp(`<${tag}>\\s*([^<]*?)\\s*</${tag}>`).exec(xml)?.[1]
