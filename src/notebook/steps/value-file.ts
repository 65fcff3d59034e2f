import { deserialize, serialize } from 'node:v8'
import { types } from 'node:util'
import { DISPLAY, type Displayable, type MimeBundle } from '../../core/index.js'
import { Unsuitable, isNumbers, keyText, kindOf } from './plain-values.js'
import { jsonWithRun, jsonWithoutRun, withRun, withoutRun } from './run-names.js'

interface Stored {
  readonly values: Record<string, unknown>
  /** Objects that show themselves, each with what it showed. */
  readonly shown: [object, MimeBundle][]
}

/**
 * Values as bytes, from which {@link readValues} makes equal ones: what `digestValue` takes except classes; objects that are one stay one. A value that shows itself keeps what it
 * shows. Folder and id of the run are kept as such, so that they mean the run that reads them.
 * @throws Unsuitable at a function, a symbol, an instance of a class
 */
export async function writeValues(values: Readonly<Record<string, unknown>>, runFolder: string): Promise<Buffer> {
  const copier = new Copier(runFolder)
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) plain[name] = copier.copyInside(name, value)
  const shown: Stored['shown'] = []
  for (const [made, value] of copier.shown) shown.push([made, jsonWithoutRun(await value[DISPLAY](), runFolder)])
  return serialize({ values: plain, shown } satisfies Stored)
}

/** Values as {@link writeValues} took them; folder and id of the run are those of `runFolder`. */
export function readValues(bytes: Uint8Array, runFolder: string): Record<string, unknown> {
  const { values, shown } = deserialize(bytes) as Stored
  const seen = new Set<object>()
  const restore = (value: unknown): unknown => {
    if (typeof value === 'string') return withRun(value, runFolder)
    if (typeof value !== 'object' || value === null || seen.has(value)) return value
    seen.add(value)
    if (types.isMap(value)) refillMap(value, restore)
    else if (types.isSet(value)) refillSet(value, restore)
    else if (Array.isArray(value)) {
      const parts = value as unknown[]
      if (!isNumbers(parts)) for (let i = 0; i < parts.length; i++) parts[i] = restore(parts[i])
    } else if (!ArrayBuffer.isView(value)) refillObject(value as Record<string, unknown>, restore, (key) => withRun(key, runFolder))
    return value
  }
  for (const [value, kept] of shown) {
    const bundle = jsonWithRun(kept, runFolder)
    Object.defineProperty(value, DISPLAY, { value: () => bundle, enumerable: false })
  }
  return restore(values) as Record<string, unknown>
}

class Copier {
  readonly shown: [object, Displayable][] = []
  readonly #copies = new Map<object, object>()

  constructor(private readonly runFolder: string) {}

  /** @param way from the value around it, for the message */
  copyInside(way: string, value: unknown): unknown {
    try {
      return this.#copy(value)
    } catch (error) {
      throw error instanceof Unsuitable ? error.inside(way) : error
    }
  }

  #copy(value: unknown): unknown {
    if (typeof value === 'string') return withoutRun(value, this.runFolder)
    if (typeof value === 'function' || typeof value === 'symbol') throw new Unsuitable('', `a ${typeof value}`)
    if (typeof value !== 'object' || value === null) return value
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const made = this.#emptyCopy(value)
    this.#copies.set(value, made)
    if (made !== value) this.#fill(made, value)
    const { [DISPLAY]: display } = value as Partial<Displayable>
    if (typeof display === 'function') this.shown.push([made, value as Displayable])
    return made
  }

  /** An empty object of the kind of `value`; views and dates are whole at once, `serialize` copies them. */
  #emptyCopy(value: object): object {
    switch (kindOf(value)) {
      case 'content':
        throw new Unsuitable('', `a ${value.constructor.name}`)
      case 'bytes':
      case 'date':
      case 'regexp':
        return value
      case 'array':
        return isNumbers(value as unknown[]) ? value : []
      case 'map':
        return new Map()
      case 'set':
        return new Set()
      case 'object':
        return {}
    }
  }

  #fill(made: object, value: object): void {
    if (types.isMap(value))
      for (const [key, part] of value)
        (made as Map<unknown, unknown>).set(this.copyInside(`.has(${keyText(key)})`, key), this.copyInside(`.get(${keyText(key)})`, part))
    else if (types.isSet(value)) for (const part of value) (made as Set<unknown>).add(this.copyInside(`.has(${keyText(part)})`, part))
    else if (Array.isArray(value)) {
      // The way is put together only where something is wrong: values have millions of parts.
      for (let i = 0; i < value.length; i++)
        (made as unknown[]).push(isPrimitive(value[i]) ? value[i] : this.copyInside(`[${i}]`, value[i]))
    } else
      for (const [key, part] of Object.entries(value))
        (made as Record<string, unknown>)[withoutRun(key, this.runFolder)] = isPrimitive(part) ? part : this.copyInside(`.${key}`, part)
  }
}

/** What is copied as it is, strings aside. */
const isPrimitive = (value: unknown): boolean =>
  value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'

function refillMap(map: Map<unknown, unknown>, restore: (part: unknown) => unknown): void {
  const entries = [...map]
  map.clear()
  for (const [key, part] of entries) map.set(restore(key), restore(part))
}

function refillSet(set: Set<unknown>, restore: (part: unknown) => unknown): void {
  const parts = [...set]
  set.clear()
  for (const part of parts) set.add(restore(part))
}

function refillObject(object: Record<string, unknown>, restore: (part: unknown) => unknown, restoreKey: (key: string) => string): void {
  const entries = Object.entries(object)
  // Only where a key becomes another one: all are set anew, so that their order stays.
  if (entries.some(([key]) => restoreKey(key) !== key)) for (const [key] of entries) delete object[key]
  for (const [key, part] of entries) object[restoreKey(key)] = restore(part)
}
