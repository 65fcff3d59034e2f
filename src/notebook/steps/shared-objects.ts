import { types } from 'node:util'
import { CONTENT } from '../../core/index.js'
import { isNumbers, kindOf } from './plain-values.js'

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

function partsOf(value: object): Iterable<unknown> {
  if (types.isArrayBufferView(value)) return [value.buffer]
  switch (kindOf(value)) {
    case 'array':
      return isNumbers(value as unknown[]) ? [] : (value as unknown[])
    case 'map':
      return [...(value as Map<unknown, unknown>)].flat()
    case 'set':
      return value as Set<unknown>
    case 'content':
      return [(value as { [CONTENT](): unknown })[CONTENT]()]
    case 'object':
      return Object.values(value)
    default:
      return []
  }
}
