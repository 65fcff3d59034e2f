import { readFileSync } from 'node:fs'
import { writeFileAtomicSync } from '../../core/index.js'
import { Unsuitable } from './plain-values.js'
import { sharingNames } from './shared-objects.js'
import { digestValue } from './value-digest.js'
import { readValues, writeValues } from './value-file.js'

export interface ClassPlace {
  readonly file: string
  readonly exported: string
}

/** Where a class of the project comes from; undefined for one that a cell declares. */
export type FindClass = (constructor: unknown) => ClassPlace | undefined

/** What stands behind a name, as far as it can be compared. */
export type NameDigest =
  /** `classes`: files of the project, each with the name under which it exports the class of a part of the value. */
  | { readonly kind: 'value'; readonly hash: string; readonly classes: readonly ClassPlace[] }
  /** A function: compared by the code that declares it, and by what `hash` tells of the properties it has now. */
  | { readonly kind: 'code'; readonly hash: string; readonly classes: readonly ClassPlace[] }
  | { readonly kind: 'opaque'; readonly why: string }

export interface NamesRequest {
  readonly names: readonly string[]
  readonly runFolder: string
  /** Look at the values that were held for this step, not at what the names mean now. */
  readonly heldBy?: string
}

export interface KeepRequest extends NamesRequest {
  /** Those of `names` without which the step cannot be taken over. */
  readonly required: readonly string[]
  /** Values of other cells that the step uses. */
  readonly others: readonly string[]
  readonly file: string
}

/** `shared`: those of `others` that share objects with what was stored. */
export type KeepAnswer = { readonly stored: readonly string[]; readonly shared: readonly string[] } | { readonly why: string }

/** Part of the kernel (kernel/main.cjs loads it): the variables of all cells by name. */
export type CellVariables = Readonly<Record<string, unknown>>

/** Hashes of variables. Names that no cell has are left out. */
export function digestNames(
  variables: CellVariables,
  { names, runFolder }: NamesRequest,
  findClass: FindClass,
): Record<string, NameDigest> {
  const known = names.filter((name) => Object.hasOwn(variables, name))
  return Object.fromEntries(known.map((name) => [name, digestOf(variables[name], name, runFolder, findClass)]))
}

function digestOf(value: unknown, name: string, runFolder: string, findClass: FindClass): NameDigest {
  const kind = typeof value === 'function' ? 'code' : 'value'
  const classes = new Set<unknown>()
  try {
    const hash = digestValue(kind === 'code' ? propertiesOf(value as object) : value, name, runFolder, classes)
    const places = [...classes].map(findClass)
    if (places.includes(undefined))
      return { kind: 'opaque', why: `${name} holds an instance of a class that a cell declares, or of code that was loaded again since` }
    return { kind, hash, classes: places as ClassPlace[] }
  } catch (error) {
    // A getter that throws, a proxy: whatever it is, the value cannot be compared.
    return { kind: 'opaque', why: error instanceof Unsuitable ? error.message : `${name} cannot be looked at: ${(error as Error).message}` }
  }
}

/** What a function or class has beside its code: static fields and whatever cells have put on it or its prototype. */
const propertiesOf = (code: object): object => ({ ...code, prototype: { ...(code as { prototype?: object }).prototype } })

/** Writes variables to a file, whole or not at all: all that must be there, and of the others those that can be stored. */
export async function storeVariables(
  variables: CellVariables,
  { names, required, others, runFolder, file }: KeepRequest,
): Promise<KeepAnswer> {
  const stored: Record<string, unknown> = {}
  for (const name of names) {
    const why = digestOf(variables[name], name, runFolder, () => undefined)
    const storable = why.kind === 'value' && why.classes.length === 0
    if (storable) stored[name] = variables[name]
    else if (required.includes(name))
      return { why: why.kind === 'opaque' ? why.why : `${name} is ${why.kind === 'code' ? 'a function' : 'an instance of a class'}` }
  }
  try {
    writeFileAtomicSync(file, await writeValues(stored, runFolder))
    const used = Object.fromEntries(others.map((name) => [name, variables[name]]))
    return { stored: Object.keys(stored), shared: sharingNames(Object.values(stored), used) }
  } catch (error) {
    return { why: error instanceof Unsuitable ? error.message : `its values cannot be written: ${(error as Error).message}` }
  }
}

/** The variables of a file that {@link storeVariables} wrote. */
export const readVariables = (file: string, runFolder: string): Record<string, unknown> => readValues(readFileSync(file), runFolder)
