import { stableJson } from '../../core/index.js'

/** Lists longer than this are data, not facts: they are compared as one text. */
const LONGEST_LIST = 20

/**
 * A JSON value as dotted paths with the text of each leaf: `{a: {b: 1}}` is `a.b` -> `1`. Lists of plain values are one leaf; entries of a list of objects are found by
 * their `model` or `name` where they have one, else by position. Nothing for undefined.
 */
export function flatten(value: unknown): Map<string, string> {
  const leaves = new Map<string, string>()
  const visit = (part: unknown, path: string): void => {
    if (part === undefined) return
    if (Array.isArray(part) && part.length <= LONGEST_LIST && part.some(isObject)) {
      part.forEach((entry: unknown, i) => {
        const key = isObject(entry) ? nameKey(entry) : undefined
        if (key === undefined) return visit(entry, join(path, String(i)))
        // The name is in the path already.
        const { [key]: name, ...rest } = entry as Record<string, unknown>
        visit(rest, join(path, name as string))
      })
      return
    }
    if (isObject(part)) for (const [key, member] of Object.entries(part)) visit(member, join(path, key))
    else leaves.set(path, typeof part === 'string' ? part : stableJson(part))
  }
  visit(value, '')
  return leaves
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** The member that names an entry of a list. */
const nameKey = (entry: Record<string, unknown>): string | undefined => ['model', 'name'].find((key) => typeof entry[key] === 'string')
