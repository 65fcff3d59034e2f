import { CONTENT } from '../../core/index.js'
import { isNumbers, kindOf, type PlainKind } from './plain-values.js'

/**
 * Names of `others` that have an object, or the memory of a typed array, in common with one of `values`: after a copy they have it no longer.
 * All are values that have a digest.
 */
export function sharingNames(values: readonly unknown[], others: Readonly<Record<string, unknown>>): string[] {
  const objects = objectsIn(values)
  if (objects.size === 0) return []
  return Object.keys(others).filter((name) => [...objectsIn([others[name]])].some((object) => objects.has(object)))
}

function objectsIn(values: readonly unknown[]): Set<object> {
  const found = new Set<object>()
  // Not by recursion: values may be as deep as they like.
  const queue: object[] = []
  const meet = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || found.has(value)) return
    found.add(value)
    queue.push(value)
  }
  values.forEach(meet)
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) for (const part of partsOf(value)) meet(part)
  return found
}

const partsOf = (value: object): Iterable<unknown> => PARTS[kindOf(value)]?.(value as never) ?? []

/** What may be an object inside of another one; in dates and regular expressions there is none. */
const PARTS: Readonly<Partial<Record<PlainKind, (value: never) => Iterable<unknown>>>> = {
  bytes: (value: ArrayBufferView | ArrayBufferLike) => (ArrayBuffer.isView(value) ? [value.buffer] : []),
  array: (value: unknown[]): Iterable<unknown> => (isNumbers(value) ? [] : value),
  map: (value: Map<unknown, unknown>) => [...value.keys(), ...value.values()],
  set: (value: Set<unknown>) => value,
  content: (value: { [CONTENT](): unknown }) => [value[CONTENT]()],
  object: (value: Record<string, unknown>) => Object.values(value),
}
