import { createHash, type Hash } from 'node:crypto'
import { CONTENT } from '../../core/index.js'
import { Unsuitable, isNumbers, keyText, kindOf, type PlainKind } from './plain-values.js'
import { withoutRun } from './run-names.js'

/** Text is hashed in pieces of this size: a call for each number would cost more than the hash. */
const PIECE = 65_536

/**
 * Hash of what a value holds: plain objects, arrays, Map, Set, Date, RegExp, typed arrays, primitives, and classes that give their content by `[CONTENT]()`. Equal content has
 * equal hashes whether it was computed or read back; the order of keys counts, as tables show it; -0 and 0 differ, NaN is itself. How a value shows itself does not count.
 * @param name of the value, for the message
 * @param runFolder its name and the run's id count as "the run", whichever it is
 * @param classes receives the classes that gave their content: their code decides too
 * @throws Unsuitable at a function, a symbol, a class instance that says nothing of its content
 */
export function digestValue(value: unknown, name: string, runFolder?: string, classes = new Set<unknown>()): string {
  return new ValueDigest(runFolder, classes).of(value, name)
}

/** Objects are numbered as they are met and hashed one after the other, not one inside the other: values may be as deep as they like. */
class ValueDigest {
  readonly #hash: Hash = createHash('sha256')
  readonly #numbers = new Map<object, number>()
  readonly #queue: object[] = []
  /** For each object where it was met first: number of the object around it, and the way from there. */
  readonly #met: { readonly around: number; readonly way: string | number }[] = []
  #text = ''

  constructor(
    private readonly runFolder: string | undefined,
    private readonly classes: Set<unknown>,
  ) {}

  of(value: unknown, name: string): string {
    try {
      this.#part(value, -1, name)
    } catch (error) {
      throw error instanceof Unsuitable ? error.inside(name) : error
    }
    for (let number = 0; number < this.#queue.length; number++) {
      try {
        this.#object(this.#queue[number]!, number)
      } catch (error) {
        throw error instanceof Unsuitable ? error.inside(this.#wayTo(number, name)) : error
      }
    }
    return this.#hash.update(this.#text).digest('hex')
  }

  #write(text: string): void {
    this.#text += text
    if (this.#text.length < PIECE) return
    this.#hash.update(this.#text)
    this.#text = ''
  }

  #bytes(bytes: Uint8Array): void {
    this.#hash.update(this.#text).update(bytes)
    this.#text = ''
  }

  #part(value: unknown, around: number, way: string | number): void {
    switch (typeof value) {
      case 'string': {
        const text = this.runFolder === undefined ? value : withoutRun(value, this.runFolder)
        return this.#write(`s${text.length}:${text}`)
      }
      case 'number':
        return this.#write(Object.is(value, -0) ? 'n-0;' : `n${value};`)
      case 'bigint':
      case 'boolean':
      case 'undefined':
        return this.#write(`${typeof value}${String(value)};`)
      case 'function':
      case 'symbol':
        throw new Unsuitable(around < 0 ? '' : step(way), `a ${typeof value}`)
      case 'object':
        return this.#write(value === null ? 'null;' : `#${this.#number(value, around, way)};`)
    }
  }

  #number(value: object, around: number, way: string | number): number {
    const known = this.#numbers.get(value)
    if (known !== undefined) return known
    this.#numbers.set(value, this.#queue.length)
    this.#met.push({ around, way })
    return this.#queue.push(value) - 1
  }

  #object(value: object, number: number): void {
    const kind = kindOf(value)
    const part = (child: unknown, way: string | number): void => this.#part(child, number, way)
    this.#write(`${kind}${kind === 'bytes' || kind === 'content' ? `:${value.constructor.name}` : ''};`)
    WRITERS[kind](
      value as never,
      part,
      (text) => this.#write(text),
      (bytes) => this.#bytes(bytes),
    )
    if (kind === 'content') this.classes.add(value.constructor)
  }

  #wayTo(number: number, name: string): string {
    const ways: string[] = []
    for (let at = number; at >= 0 && this.#met[at]!.around >= 0; at = this.#met[at]!.around) ways.push(step(this.#met[at]!.way))
    return [name, ...ways.reverse()].join('')
  }
}

/** A key as a part of a way; keys of maps come in their own form. */
const step = (way: string | number): string =>
  typeof way === 'number' ? `[${way}]` : way.startsWith('.get(') || way.startsWith('.has(') ? way : `.${way}`

type Part = (child: unknown, way: string | number) => void
type Writer = (value: never, part: Part, write: (text: string) => void, bytes: (bytes: Uint8Array) => void) => void

const WRITERS: Readonly<Record<PlainKind, Writer>> = {
  bytes: (value: ArrayBufferView | ArrayBufferLike, _part, write, bytes) => {
    const view = ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value)
    write(`${view.length}:`)
    bytes(view)
  },
  array: (value: unknown[], part, write, bytes) => {
    write(`${value.length}:`)
    if (isNumbers(value)) {
      write('numbers:')
      bytes(new Uint8Array(Float64Array.from(value).buffer))
    } else for (let i = 0; i < value.length; i++) part(value[i], i)
  },
  date: (value: Date, _part, write) => write(`${value.getTime()};`),
  regexp: (value: RegExp, part) => {
    part(value.source, 'source')
    part(value.flags, 'flags')
  },
  map: (value: Map<unknown, unknown>, part, write) => {
    write(`${value.size}:`)
    for (const [key, child] of value) {
      part(key, `.has(${keyText(key)})`)
      part(child, `.get(${keyText(key)})`)
    }
  },
  set: (value: Set<unknown>, part, write) => {
    write(`${value.size}:`)
    for (const child of value) part(child, `.has(${keyText(child)})`)
  },
  content: (value: { [CONTENT](): unknown }, part) => {
    const content = value[CONTENT]()
    if (content === undefined) throw new Unsuitable('', `a ${value.constructor.name} that cannot tell what it holds`)
    part(content, 'content')
  },
  object: (value: Record<string, unknown>, part, write) => {
    const keys = Object.keys(value)
    write(`${keys.length}:`)
    for (const key of keys) {
      part(key, key)
      part(value[key], key)
    }
  },
}
