import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { driverCudaVersion, findGpus, firstVisibleGpu, nvidiaDevicePresent, nvidiaHardwarePresent, parseNvidiaSmi } from './index.js'
import { fakeRoot } from '../../test/fixtures/fake-root.js'

const { root, put } = fakeRoot('gpu')
const program = (text: string): string => {
  const file = put('bin/nvidia-smi', `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
  return file
}

describe('finding cards', () => {
  it('reads nvidia-smi, and nothing where it reports an error', () => {
    expect(parseNvidiaSmi('GPU-5a0c-1, NVIDIA H200, 570.86.15, 143771\nGPU-77, NVIDIA GB10, 580.95.05, [N/A]\n')).toEqual([
      { uuid: 'GPU-5a0c-1', name: 'NVIDIA H200', driver: '570.86.15', memoryMiB: 143771 },
      { uuid: 'GPU-77', name: 'NVIDIA GB10', driver: '580.95.05' },
    ])
    expect(parseNvidiaSmi("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")).toEqual([])
  })

  it('asks the program, with names that hold commas', async () => {
    const nvidiaSmi = program('echo "GPU-1, NVIDIA A100, 80GB, 550.54.15, 81920"')
    expect(await findGpus({ root, nvidiaSmi })).toEqual([
      { uuid: 'GPU-1', name: 'NVIDIA A100, 80GB', driver: '550.54.15', memoryMiB: 81920 },
    ])
  })

  it('asks the kernel driver where nvidia-smi is missing or fails', async () => {
    put('dev/nvidia0', '')
    put('proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\n')
    put('proc/driver/nvidia/gpus/0000:65:00.0/information', 'Model: \t\t NVIDIA L40S\nIRQ:   \t\t 24\n')
    const found = [{ name: 'NVIDIA L40S', driver: '570.86.15' }]
    expect(await findGpus({ root, nvidiaSmi: join(root, 'nothing') })).toEqual(found)
    expect(await findGpus({ root, nvidiaSmi: program('echo failed; exit 9') })).toEqual(found)
  })

  it("does not take the host's driver for a card of this container", async () => {
    put('dev/null', '')
    put('dev/nvidiactl', '')
    put('proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue\n')
    expect(nvidiaDevicePresent({ root })).toBe(false)
    expect(await findGpus({ root, nvidiaSmi: join(root, 'nothing') })).toEqual([])
    put('dev/nvidia1', '')
    expect(nvidiaDevicePresent({ root })).toBe(true)
  })

  it('sees a card without a driver on the bus', () => {
    expect(nvidiaHardwarePresent({ root })).toBe(false)
    put('sys/bus/pci/devices/0000:00:1f.0/vendor', '0x10de\n')
    put('sys/bus/pci/devices/0000:00:1f.0/class', '0x040300\n')
    expect(nvidiaHardwarePresent({ root })).toBe(false)
    put('sys/bus/pci/devices/0000:65:00.0/vendor', '0x10de\n')
    put('sys/bus/pci/devices/0000:65:00.0/class', '0x030200\n')
    expect(nvidiaHardwarePresent({ root })).toBe(true)
  })

  it('tells which card is seen first', () => {
    const gpus = [{ uuid: 'GPU-5a0c' }, { uuid: 'GPU-77' }]
    const first = (visible?: string): string | undefined => firstVisibleGpu(gpus, visible)?.uuid
    expect([undefined, '', '1', '1,0', 'GPU-77', 'GPU-5', 'MIG-9', '7'].map(first)).toEqual([
      'GPU-5a0c',
      'GPU-5a0c',
      'GPU-77',
      'GPU-77',
      'GPU-77',
      'GPU-5a0c',
      undefined,
      undefined,
    ])
    expect(firstVisibleGpu([{ uuid: 'GPU-1' }], 'MIG-9')?.uuid).toBe('GPU-1')
  })

  it('reads the CUDA version of the driver', async () => {
    const nvidiaSmi = program('echo "| NVIDIA-SMI 570.86.15   Driver Version: 570.86.15   CUDA Version: 12.8  |"')
    expect(await driverCudaVersion({ nvidiaSmi })).toBe('12.8')
    expect(await driverCudaVersion({ nvidiaSmi: join(root, 'nothing') })).toBeUndefined()
  })
})
