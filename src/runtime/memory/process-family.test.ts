import { expect, it } from 'vitest'
import { fakeRoot } from '../../../test/fixtures/fake-root.js'
import { processFamily } from '../index.js'

const { root, put } = fakeRoot('family')

it('gathers what a process started, and what those started', () => {
  for (const [pid, parent, name] of [
    [10, 1, 'node'],
    [11, 10, 'python (x) y)'],
    [12, 11, 'sh'],
    [13, 1, 'other'],
  ] as const)
    put(`proc/${pid}/stat`, `${pid} (${name}) S ${parent} 1 1 0 -1`)
  put('proc/meminfo', 'MemTotal: 1 kB')
  expect(processFamily(10, root)).toEqual([10, 11, 12])
  expect(processFamily(13, root)).toEqual([13])
})

it('is the process alone where the system tells nothing', () => expect(processFamily(7, `${root}/nowhere`)).toEqual([7]))
