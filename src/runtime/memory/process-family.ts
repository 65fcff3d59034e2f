import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A process and all processes that it started, directly or not, in whatever process group; the process alone where there is no /proc. One that has ended is left out of what
 * follows by whoever reads its memory.
 * @param root folder that stands for `/`
 */
export function processFamily(pid: number, root = '/'): number[] {
  const children = new Map<number, number[]>()
  for (const [child, parent] of parents(root)) children.set(parent, [...(children.get(parent) ?? []), child])
  const family = [pid]
  for (const member of family) family.push(...(children.get(member) ?? []))
  return family
}

function parents(root: string): [number, number][] {
  let entries: string[]
  try {
    entries = readdirSync(join(root, 'proc')).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return entries.flatMap((name): [number, number][] => {
    try {
      // The name of the program stands in brackets and may hold anything; state and parent follow it.
      const stat = readFileSync(join(root, 'proc', name, 'stat'), 'utf8')
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]]
    } catch {
      return []
    }
  })
}
