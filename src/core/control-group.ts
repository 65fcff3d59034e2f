import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** One control group (cgroup) that limits this process's memory, or could: its own, or one above it. */
export interface MemoryGroup {
  readonly version: 1 | 2
  readonly folder: string
}

const FILES = {
  1: { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', kills: 'memory.oom_control', prefix: 'total_' },
  2: { limit: 'memory.max', used: 'memory.current', kills: 'memory.events', prefix: '' },
} as const

/** What version 1 writes for "no limit": the largest number of whole pages, for any page size. */
const NO_LIMIT = 2 ** 62

/**
 * The memory control groups of this process, its own first, then those above it: each of them can have a limit, and the tightest one holds. Empty where
 * there are none.
 * @param root folder that stands for `/`; tests bring their own
 */
export function memoryGroups(root = '/'): MemoryGroup[] {
  const own = readText(join(root, 'proc/self/cgroup'))
  const mounts = readText(join(root, 'proc/self/mountinfo'))
  const groups = ([1, 2] as const).flatMap((version) => {
    const path = own === undefined ? undefined : groupPath(own, version)
    const mount = mounts === undefined ? undefined : mountOf(mounts, version)
    if (path === undefined || mount === undefined) return []
    return groupsUpward(version, join(root, mount.point), pathInMount(path, mount.root))
  })
  if (groups.length > 0) return groups
  // Where /proc does not tell: the usual places.
  return [...groupsUpward(2, join(root, 'sys/fs/cgroup'), ''), ...groupsUpward(1, join(root, 'sys/fs/cgroup/memory'), '')]
}

/** The group's limit in bytes; undefined where it has none. It can change at any time. */
export function memoryGroupLimit({ version, folder }: MemoryGroup): number | undefined {
  const limit = readCount(join(folder, FILES[version].limit))
  return limit === undefined || limit >= NO_LIMIT ? undefined : limit
}

/**
 * Bytes that count against the limit and cannot be taken back: usage without the file cache, which the kernel drops before it kills anything. Undefined
 * where it cannot be read.
 */
export function memoryGroupUse({ version, folder }: MemoryGroup): number | undefined {
  const { used: name, prefix } = FILES[version]
  const used = readCount(join(folder, name))
  if (used === undefined) return undefined
  const stat = readText(join(folder, 'memory.stat')) ?? ''
  return Math.max(0, used - (countOf(stat, `${prefix}active_file`) ?? 0) - (countOf(stat, `${prefix}inactive_file`) ?? 0))
}

/**
 * How many processes the kernel has killed for want of memory so far: in this process's own group, or on the whole machine where groups do not count.
 * Undefined where neither says. Compare two readings; one alone says nothing.
 */
export function countOomKills(groups: readonly MemoryGroup[], root = '/'): number | undefined {
  // The innermost group that counts: those above it also count the kills of others.
  for (const { version, folder } of groups) {
    const count = countOf(readText(join(folder, FILES[version].kills)) ?? '', 'oom_kill')
    if (count !== undefined) return count
  }
  return countOf(readText(join(root, 'proc/vmstat')) ?? '', 'oom_kill')
}

/** Lines such as `4:memory:/a/b` (version 1) and `0::/a/b` (version 2). */
function groupPath(text: string, version: 1 | 2): string | undefined {
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (version === 1 ? controllers?.split(',').includes('memory') : controllers === '') return path
  }
  return undefined
}

/** `36 35 98:0 /root /mount/point rw - cgroup cgroup rw,memory`, with optional fields before the dash. */
function mountOf(text: string, version: 1 | 2): { root: string; point: string } | undefined {
  for (const line of text.split('\n')) {
    const [place, kind] = line.split(' - ')
    const [type, , options] = kind?.split(' ') ?? []
    const right = version === 1 ? type === 'cgroup' && options?.split(',').includes('memory') : type === 'cgroup2'
    const [, , , root, point] = place!.split(' ')
    if (right && root !== undefined && point !== undefined) return { root: unescape(root), point: unescape(point) }
  }
  return undefined
}

/** The kernel writes blanks in paths as \040. */
const unescape = (path: string): string => path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))

/** In a container without a namespace of its own, the mount begins at the container's group and the path at the machine's. */
function pathInMount(path: string, mountRoot: string): string {
  const clean = normalize(`/${path}`)
  if (mountRoot === '/') return clean
  return clean === mountRoot || clean.startsWith(`${mountRoot}/`) ? clean.slice(mountRoot.length) : ''
}

function groupsUpward(version: 1 | 2, mount: string, path: string): MemoryGroup[] {
  const groups: MemoryGroup[] = []
  for (let folder = join(mount, path).replace(/(?<=.)\/$/, ''); ; folder = dirname(folder)) {
    // The topmost group of version 2 has no limit file, and a path of another namespace does not exist here.
    if (existsSync(join(folder, FILES[version].limit))) groups.push({ version, folder })
    if (folder.length <= mount.length) return groups
  }
}

function countOf(text: string, name: string): number | undefined {
  const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)
  return match === null ? undefined : Number(match[1])
}

function readCount(path: string): number | undefined {
  const text = readText(path)?.trim()
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
