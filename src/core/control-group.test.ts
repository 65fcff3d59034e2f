import { describe, expect, it } from 'vitest'
import { countOomKills, machineFacts, memoryGroupLimit, memoryGroups, memoryGroupUse } from './index.js'
import { fakeRoot } from '../../test/fixtures/fake-root.js'

const { root, put } = fakeRoot('cgroup')
const folders = (): string[] => memoryGroups(root).map(({ folder }) => folder.slice(root.length))

describe('memory control groups', () => {
  it('of version 2: its own and those above, without the topmost, which has no limit', () => {
    put('proc/self/cgroup', '0::/user.slice/lab.service\n')
    put('proc/self/mountinfo', '31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n')
    put('sys/fs/cgroup/user.slice/memory.max', '4294967296\n')
    put('sys/fs/cgroup/user.slice/lab.service/memory.max', 'max\n')
    put('sys/fs/cgroup/user.slice/lab.service/memory.current', '3000\n')
    put('sys/fs/cgroup/user.slice/lab.service/memory.stat', 'anon 1500\nfile 1400\ninactive_file 900\nactive_file 400\n')
    put('sys/fs/cgroup/user.slice/lab.service/memory.events', 'low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\noom_group_kill 0\n')
    expect(folders()).toEqual(['/sys/fs/cgroup/user.slice/lab.service', '/sys/fs/cgroup/user.slice'])
    const groups = memoryGroups(root)
    expect(groups.map(memoryGroupLimit)).toEqual([undefined, 4 * 2 ** 30])
    expect(memoryGroupUse(groups[0]!)).toBe(1700)
    expect(memoryGroupUse(groups[1]!)).toBeUndefined()
    expect(countOomKills(groups, root)).toBe(1)
  })

  it('of version 1, beside an empty version 2: no limit is a very large number', () => {
    put('proc/self/cgroup', '9:name=systemd:/\n4:cpu,memory:/docker/5f2d\n0::/\n')
    put(
      'proc/self/mountinfo',
      '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,cpu,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
    )
    put('sys/fs/cgroup/memory/memory.limit_in_bytes', '9223372036854771712\n')
    put('sys/fs/cgroup/memory/docker/memory.limit_in_bytes', '9223372036854710272\n')
    put('sys/fs/cgroup/memory/docker/5f2d/memory.limit_in_bytes', '2147483648\n')
    put('sys/fs/cgroup/memory/docker/5f2d/memory.usage_in_bytes', '1000\n')
    put('sys/fs/cgroup/memory/docker/5f2d/memory.stat', 'inactive_file 1\nactive_file 1\ntotal_inactive_file 300\ntotal_active_file 100\n')
    put('sys/fs/cgroup/memory/docker/5f2d/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 7\n')
    const groups = memoryGroups(root)
    expect(groups.map(memoryGroupLimit)).toEqual([2 ** 31, undefined, undefined])
    expect(memoryGroupUse(groups[0]!)).toBe(600)
    expect(countOomKills(groups, root)).toBe(7)
  })

  it('finds its group where the mount begins inside the container', () => {
    put('proc/self/cgroup', '4:memory:/docker/5f2d/job\n')
    put('proc/self/mountinfo', '35 31 0:32 /docker/5f2d /sys/fs/c\\040group ro - cgroup cgroup rw,memory\n')
    put('sys/fs/c group/memory.limit_in_bytes', '1000\n')
    put('sys/fs/c group/job/memory.limit_in_bytes', '500\n')
    expect(folders()).toEqual(['/sys/fs/c group/job', '/sys/fs/c group'])
  })

  it('takes the mount itself for a path of another namespace', () => {
    put('proc/self/cgroup', '0::/../../other\n')
    put('proc/self/mountinfo', '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n')
    put('sys/fs/cgroup/memory.max', '1000\n')
    expect(folders()).toEqual(['/sys/fs/cgroup'])
  })

  it('looks in the usual places where /proc does not tell, and finds nothing where there is nothing', () => {
    expect(memoryGroups(root)).toEqual([])
    expect(countOomKills([], root)).toBeUndefined()
    put('sys/fs/cgroup/memory.max', '1000\n')
    put('proc/vmstat', 'pgfault 12\noom_kill 4\n')
    expect(folders()).toEqual(['/sys/fs/cgroup'])
    expect(countOomKills(memoryGroups(root), root)).toBe(4)
  })

  it('reads a torn or odd file as nothing', () => {
    put('sys/fs/cgroup/memory.max', '')
    put('sys/fs/cgroup/memory.current', '12x\n')
    const [group] = memoryGroups(root)
    expect([memoryGroupLimit(group!), memoryGroupUse(group!)]).toEqual([undefined, undefined])
  })

  it('are counted in by the machine facts', () => {
    const limits = memoryGroups().map((group) => memoryGroupLimit(group) ?? Infinity)
    expect(machineFacts().memoryBytes).toBeLessThanOrEqual(Math.min(...limits))
    expect(machineFacts().memoryBytes).toBeGreaterThan(0)
  })
})
