import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { nvidiaDevicePresent, type GpuSearch } from '../gpu.js'
import { programOutput } from '../program-output.js'
import {
  CARD_QUERY,
  parseCards,
  parseGpuProcesses,
  parseMigDevices,
  PROCESS_QUERY,
  type CardLine,
  type CardMemory,
  type GpuProcess,
  type MigDevice,
} from './nvidia-smi-memory.js'

/** Memory of one card (or MIG device) as this training may use it. */
export interface GpuMemory {
  /** 'GPU-...' or 'MIG-...'. */
  readonly id: string
  /** What this process and its children hold. */
  readonly usedBytes: number
  /** What they may hold: their own and what is free, so the total less what others hold. */
  readonly limitBytes: number
  readonly totalBytes: number
  /**
   * False where the driver does not say which process holds what (in most containers, on WSL): then everything used on the card counts as this training's.
   */
  readonly perProcess: boolean
}

export interface GpuMemorySource extends GpuSearch {
  /** Default: CUDA_VISIBLE_DEVICES of this process. */
  readonly visibleDevices?: string | undefined
}

/**
 * Memory of the cards that this process may use, by nvidia-smi in a process of its own (tens to hundreds of milliseconds, none of them here).
 * Undefined where there is no card, nvidia-smi does not answer, or the card has no memory of its own; never an error.
 * @param pids this process and its children
 */
export async function readGpuMemory(
  pids: readonly number[],
  source: GpuMemorySource = {},
  signal?: AbortSignal,
): Promise<GpuMemory[] | undefined> {
  const program = source.nvidiaSmi ?? 'nvidia-smi'
  // Without a device file there is nothing to ask for, unless a program was named.
  if (source.nvidiaSmi === undefined && !nvidiaDevicePresent(source)) return undefined
  const ask = (args: readonly string[]): Promise<string | undefined> => programOutput(program, args, signal)
  const [cardText, processText] = await Promise.all([ask(CARD_QUERY), ask(PROCESS_QUERY)])
  if (cardText === undefined) return undefined
  const cards = parseCards(cardText)
  const [xml, list] = cards.some(({ mig }) => mig) ? await Promise.all([ask(['-q', '-x']), ask(['-L'])]) : [undefined, undefined]
  const visible = 'visibleDevices' in source ? source.visibleDevices : process.env.CUDA_VISIBLE_DEVICES
  const found = gpuMemory({
    cards,
    processes: parseGpuProcesses(processText ?? ''),
    migDevices: xml === undefined || list === undefined ? [] : parseMigDevices(xml, list),
    visible,
    pids,
    isProcess: (pid) => existsSync(join(source.root ?? '/', 'proc', String(pid))),
  })
  return found.length === 0 ? undefined : found
}

export interface GpuFindings {
  readonly cards: readonly CardLine[]
  readonly processes: readonly GpuProcess[]
  readonly migDevices: readonly MigDevice[]
  /** As CUDA_VISIBLE_DEVICES has it: numbers or beginnings of names; undefined: all cards. */
  readonly visible: string | undefined
  readonly pids: readonly number[]
  /** Whether there is such a process here. */
  readonly isProcess: (pid: number) => boolean
}

/** Puts the answers of nvidia-smi together. */
export function gpuMemory({ cards, processes, migDevices, visible, pids, isProcess }: GpuFindings): GpuMemory[] {
  return visibleIds(cards, migDevices, visible).flatMap((id) => {
    const device = migDevices.find(({ memory }) => memory.id === id)
    const memory = device?.memory ?? cards.find(({ uuid }) => uuid === id)?.memory
    if (memory === undefined) return []
    return [share(memory, device?.processes ?? processes.filter((one) => one.id === id), new Set(pids), isProcess)]
  })
}

function share(
  memory: CardMemory,
  processes: readonly GpuProcess[],
  pids: ReadonlySet<number>,
  isProcess: (pid: number) => boolean,
): GpuMemory {
  const mine = processes.filter(({ pid }) => pids.has(pid))
  // A container can see the pids of its host: numbers that mean nothing here, or another process. An empty list can be a hidden one.
  const perProcess =
    processes.length > 0 && processes.every(({ pid }) => isProcess(pid)) && mine.every(({ usedBytes }) => usedBytes !== undefined)
  const usedBytes = perProcess ? mine.reduce((sum, one) => sum + one.usedBytes!, 0) : memory.usedBytes
  return { id: memory.id, usedBytes, limitBytes: usedBytes + memory.freeBytes, totalBytes: memory.totalBytes, perProcess }
}

/** A card cut into MIG devices stands for its first one, as for CUDA; a device named by itself can be any. */
function visibleIds(cards: readonly CardLine[], migDevices: readonly MigDevice[], visible: string | undefined): string[] {
  const ofCard = (card: CardLine | undefined): string | undefined =>
    card === undefined || !card.mig ? card?.uuid : migDevices.find((device) => device.card === card.uuid)?.memory.id
  if (visible === undefined) return cards.flatMap((card) => ofCard(card) ?? [])
  const ids: string[] = []
  for (const word of visible.split(',').map((part) => part.trim())) {
    const named = migDevices.find(({ memory }) => word !== '' && memory.id.startsWith(word))?.memory.id
    const card = /^\d+$/.test(word) ? cards[Number(word)] : cards.find(({ uuid }) => word.startsWith('GPU-') && uuid.startsWith(word))
    const id = word.startsWith('MIG-') ? named : ofCard(card)
    // CUDA stops at the first name that is not there: -1 hides all cards.
    if (id === undefined) break
    if (!ids.includes(id)) ids.push(id)
  }
  return ids
}
