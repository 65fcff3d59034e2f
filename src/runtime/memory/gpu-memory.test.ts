import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCards, parseGpuProcesses, parseMigDevices } from './nvidia-smi-memory.js'
import { readGpuMemory, type GpuMemory } from '../index.js'
import { fakeRoot } from '../../../test/fixtures/fake-root.js'

const MIB = 2 ** 20
const { root, put } = fakeRoot('gpumem')

interface Answers {
  readonly cards: string
  readonly processes?: string
  readonly xml?: string
  readonly list?: string
}
/** A program that answers as nvidia-smi does. */
function nvidiaSmi({ cards, processes = '', xml = '', list = '' }: Answers): string {
  const print = (name: string, text: string): string => `cat '${put(`answers/${name}`, text)}'`
  const lines = [
    '#!/bin/sh',
    'case "$1" in',
    `--query-gpu=*) ${print('cards', cards)} ;;`,
    `--query-compute-apps=*) ${print('processes', processes)} ;;`,
    `-q) ${print('xml', xml)} ;;`,
    `-L) ${print('list', list)} ;;`,
    '*) exit 2 ;;',
    'esac',
  ]
  const file = put('bin/nvidia-smi', `${lines.join('\n')}\n`)
  chmodSync(file, 0o755)
  return file
}
const processes = (...pids: number[]): void => pids.forEach((pid) => void put(`proc/${pid}/status`, ''))
const read = (answers: Answers, visibleDevices?: string): Promise<GpuMemory[] | undefined> =>
  readGpuMemory([10, 11], { root, nvidiaSmi: nvidiaSmi(answers), visibleDevices })

const A = 'GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77'
const B = 'GPU-77aa0b1c-0000-1111-2222-333344445555'
const two = `${A}, 81559, 5321, 75732, Disabled\n${B}, 46068, 1, 45454, [N/A]\n`

describe('what nvidia-smi prints', () => {
  it('is read in MiB, with what it does not say left out', () => {
    expect(parseCards(`${two}GPU-1, [N/A], [N/A], [N/A], [N/A]\nGPU-2, 40960, [Insufficient Permissions], 1, Enabled\n`)).toEqual([
      { uuid: A, memory: { id: A, totalBytes: 81559 * MIB, usedBytes: 5321 * MIB, freeBytes: 75732 * MIB }, mig: false },
      { uuid: B, memory: { id: B, totalBytes: 46068 * MIB, usedBytes: MIB, freeBytes: 45454 * MIB }, mig: false },
      { uuid: 'GPU-1', memory: undefined, mig: false },
      { uuid: 'GPU-2', memory: undefined, mig: true },
    ])
    expect(parseGpuProcesses(`${A}, 10, 5310\n${A}, 11, [N/A]\n`)).toEqual([
      { id: A, pid: 10, usedBytes: 5310 * MIB },
      { id: A, pid: 11, usedBytes: undefined },
    ])
  })

  it.each([
    'No devices were found\n',
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed, and running.\n",
    'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.86\n',
    'Unable to determine the device handle for GPU0000:65:00.0: Unknown Error\n',
    'Field "mig.mode.current" is not a valid field to query.\n',
    '',
  ])('is nothing where it is an error: %s', async (text) => {
    expect([parseCards(text), parseGpuProcesses(text), parseMigDevices(text, text)]).toEqual([[], [], []])
    expect(await read({ cards: text, processes: text })).toBeUndefined()
  })
})

describe('memory of the card', () => {
  it("is this training's where the driver says whose: the limit is the total less what others hold", async () => {
    processes(10, 11, 99)
    expect(await read({ cards: two, processes: `${A}, 10, 1000\n${A}, 11, 500\n${A}, 99, 3800\n` }, '0')).toEqual([
      { id: A, usedBytes: 1500 * MIB, limitBytes: (1500 + 75732) * MIB, totalBytes: 81559 * MIB, perProcess: true },
    ])
  })

  it.each([
    ['the pids are of the host of this container', `${A}, 10, 1000\n${A}, 4711, 4000\n`],
    ['processes are hidden', ''],
    ['their memory is not told', `${A}, 10, [N/A]\n`],
  ])('is all that is used where it does not: %s', async (_, text) => {
    processes(10, 11)
    expect(await read({ cards: two, processes: text }, '0')).toEqual([
      { id: A, usedBytes: 5321 * MIB, limitBytes: (5321 + 75732) * MIB, totalBytes: 81559 * MIB, perProcess: false },
    ])
  })

  it('is of the visible cards alone', async () => {
    const ids = async (visible?: string): Promise<(string | undefined)[] | undefined> =>
      (await read({ cards: two }, visible))?.map(({ id }) => id)
    expect(await ids()).toEqual([A, B])
    expect(await ids('1')).toEqual([B])
    expect(await ids('1,0')).toEqual([B, A])
    expect(await ids('GPU-77,1')).toEqual([B])
    // CUDA ends at the first that is not there.
    expect(await ids('0,7,1')).toEqual([A])
    expect(await ids('-1')).toBeUndefined()
    expect(await ids('')).toBeUndefined()
  })

  it('is undefined where there is no card, no program, or no memory of its own', async () => {
    expect(await readGpuMemory([10], { root })).toBeUndefined()
    expect(await readGpuMemory([10], { root, nvidiaSmi: join(root, 'nothing') })).toBeUndefined()
    expect(await read({ cards: 'GPU-1, [N/A], [N/A], [N/A], [N/A]\n' })).toBeUndefined()
    const failing = put('bin/failing', `#!/bin/sh\necho '${two}'\nexit 9\n`)
    chmodSync(failing, 0o755)
    expect(await readGpuMemory([10], { root, nvidiaSmi: failing })).toBeUndefined()
  })

  it('is given up when told to', async () => {
    const hanging = put('bin/hanging', '#!/bin/sh\nexec sleep 60\n')
    chmodSync(hanging, 0o755)
    const stop = new AbortController()
    const answer = readGpuMemory([10], { root, nvidiaSmi: hanging }, stop.signal)
    stop.abort()
    expect(await answer).toBeUndefined()
  })
})

describe('MIG devices', () => {
  const cards = `${A}, 40960, [Insufficient Permissions], [Insufficient Permissions], Enabled\n${B}, 46068, 1, 45454, Disabled\n`
  const list = `GPU 0: NVIDIA A100-SXM4-40GB (UUID: ${A})
  MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 1g.5gb      Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
GPU 1: NVIDIA A40 (UUID: ${B})
`
  const device = (index: number, instance: number, total: number, used: string): string => `
			<mig_device>
				<index>${index}</index>
				<gpu_instance_id>${instance}</gpu_instance_id>
				<compute_instance_id>0</compute_instance_id>
				<fb_memory_usage>
					<total>${total} MiB</total>
					<reserved>0 MiB</reserved>
					<used>${used}</used>
					<free>${total - parseInt(used)} MiB</free>
				</fb_memory_usage>
				<bar1_memory_usage>
					<total>32767 MiB</total>
					<used>4 MiB</used>
					<free>32763 MiB</free>
				</bar1_memory_usage>
			</mig_device>`
  const process = (instance: number, pid: number, used: string): string => `
			<process_info>
				<gpu_instance_id>${instance}</gpu_instance_id>
				<compute_instance_id>0</compute_instance_id>
				<pid>${pid}</pid>
				<type>C</type>
				<process_name>node</process_name>
				<used_memory>${used}</used_memory>
			</process_info>`
  const xml = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
	<attached_gpus>2</attached_gpus>
	<gpu id="00000000:07:00.0">
		<mig_mode><current_mig>Enabled</current_mig></mig_mode>
		<mig_devices>${device(0, 2, 19968, '2200 MiB')}${device(1, 9, 4864, '600 MiB')}
		</mig_devices>
		<uuid>${A}</uuid>
		<fb_memory_usage><total>40960 MiB</total><used>N/A</used><free>N/A</free></fb_memory_usage>
		<processes>${process(2, 10, '2100 MiB')}${process(9, 99, '590 MiB')}
		</processes>
	</gpu>
	<gpu id="00000000:08:00.0">
		<mig_mode><current_mig>Disabled</current_mig></mig_mode>
		<mig_devices>None</mig_devices>
		<uuid>${B}</uuid>
	</gpu>
</nvidia_smi_log>
`
  const first = { id: 'MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f', totalBytes: 19968 * MIB, perProcess: true }
  const second = { id: 'MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb', totalBytes: 4864 * MIB, perProcess: true }

  it('have memory and processes of their own', async () => {
    processes(10, 99)
    expect(await read({ cards, xml, list }, 'MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f')).toEqual([
      { ...first, usedBytes: 2100 * MIB, limitBytes: (2100 + 17768) * MIB },
    ])
    expect(await read({ cards, xml, list }, 'MIG-cba6')).toEqual([{ ...second, usedBytes: 0, limitBytes: 4264 * MIB }])
  })

  it('stand for their card by the first of them, as for CUDA', async () => {
    processes(10, 99)
    expect((await read({ cards, xml, list }))?.map(({ id }) => id)).toEqual([first.id, B])
    expect((await read({ cards, xml, list }, '0'))?.map(({ id }) => id)).toEqual([first.id])
    expect(await read({ cards, xml, list }, 'MIG-unknown')).toBeUndefined()
  })

  it('are left out where memory or name is not told', () => {
    expect(parseMigDevices(xml.replace('2200 MiB', 'N/A'), list).map(({ memory }) => memory.id)).toEqual([second.id])
    expect(parseMigDevices(xml, '')).toEqual([])
  })
})
