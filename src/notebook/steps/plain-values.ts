import { types } from 'node:util'
import { CONTENT, DISPLAY } from '../../core/index.js'

/** Why a value cannot be compared or stored: the way to it and what stands there. */
export class Unsuitable extends Error {
  constructor(
    readonly path: string,
    readonly what: string,
  ) {
    super(`${path} is ${what}`)
  }

  /** The same, seen from the value around it. */
  inside(way: string): Unsuitable {
    return new Unsuitable(`${way}${this.path}`, this.what)
  }
}

/** What steps may hand on, beside primitives; anything else is {@link Unsuitable}. */
export type PlainKind = 'bytes' | 'array' | 'date' | 'regexp' | 'map' | 'set' | 'content' | 'object'

/**
 * The kind of an object. Only what can be told and made again counts: an array with holes or further keys, a getter, an object without prototype and an instance of a class
 * (but one that gives its content) do not.
 * @throws Unsuitable with an empty path
 */
export function kindOf(value: object): PlainKind {
  const kind = builtInKind(value)
  if (kind !== undefined && isItself(value)) {
    if (kind === 'array' && Object.keys(value).length !== (value as unknown[]).length)
      throw new Unsuitable('', 'an array with holes or with keys of its own')
    if (kind === 'regexp' && (value as RegExp).lastIndex !== 0) throw new Unsuitable('', 'a regular expression amid a search')
    return kind
  }
  if (givesContent(value)) return 'content'
  if (kind !== undefined) throw new Unsuitable('', `a ${value.constructor.name}`)
  checkPlain(value)
  return 'object'
}

function builtInKind(value: object): PlainKind | undefined {
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return 'bytes'
  if (Array.isArray(value)) return 'array'
  if (types.isDate(value)) return 'date'
  if (types.isRegExp(value)) return 'regexp'
  if (types.isMap(value)) return 'map'
  return types.isSet(value) ? 'set' : undefined
}

/** False for an instance of a class that extends a built-in one. It is told by the number of prototypes, which is the same in every realm. */
function isItself(value: object): boolean {
  let above = 0
  for (let at: unknown = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) above += 1
  if (!types.isTypedArray(value)) return above === 2
  return above === (Buffer.isBuffer(value) ? 4 : 3)
}

export const givesContent = (value: object): value is { [CONTENT](): unknown } =>
  typeof (value as Partial<Record<symbol, unknown>>)[CONTENT] === 'function'

function checkPlain(value: object): void {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null
  if (prototype === null) throw new Unsuitable('', 'an object without prototype')
  // Objects of another realm are plain too: their prototype is the one that has none above it.
  if (Object.getPrototypeOf(prototype) !== null) throw new Unsuitable('', `a ${prototype.constructor?.name ?? 'class instance'}`)
  for (const key of Reflect.ownKeys(value)) {
    if (key === DISPLAY) continue
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!
    if (typeof key === 'symbol') throw new Unsuitable('', `an object with the key ${String(key)}`)
    if ('get' in descriptor || descriptor.enumerable !== true) throw new Unsuitable(`.${key}`, 'no plain property')
  }
}

/** A key of a map as a message names it. */
export const keyText = (key: unknown): string => (['object', 'function'].includes(typeof key) ? typeof key : String(key))

/** A long list of numbers is taken as a whole. */
export const isNumbers = (values: readonly unknown[]): values is number[] =>
  values.length > 0 && values.every((value) => typeof value === 'number')
