import type { z } from 'zod'

type Def = { type: string; innerType?: z.ZodType; shape?: Record<string, z.ZodType>; valueType?: z.ZodType }

const definition = (schema: z.ZodType): Def => (schema as unknown as { def: Def }).def

/** The schema without defaults and optionality. */
function bare(schema: z.ZodType): Def {
  const def = definition(schema)
  return def.innerType === undefined ? def : bare(def.innerType)
}

/** The schema of the value at `key`, or undefined where the schema has no such key. */
function child(schema: z.ZodType, key: PropertyKey): z.ZodType | undefined {
  const def = bare(schema)
  return def.type === 'record' ? def.valueType : def.shape?.[String(key)]
}

/** True for what is written as a YAML mapping. */
export const isSection = (schema: z.ZodType): boolean => ['object', 'record'].includes(bare(schema).type)

/** Keys that a section may have; empty for anything else, and for sections whose keys are free (symbols). */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.ZodType | undefined = schema
  for (const key of path) at = at === undefined ? undefined : child(at, key)
  return at === undefined ? [] : Object.keys(bare(at).shape ?? {})
}

/** Every place where a key of that name may stand, as dotted paths: 'training.validation.n_splits'. */
export function pathsOf(schema: z.ZodType, key: string, above: readonly string[] = []): string[] {
  const shape = bare(schema).shape ?? {}
  return Object.entries(shape).flatMap(([name, inner]) => [
    ...(name === key ? [[...above, name].join('.')] : []),
    ...pathsOf(inner, key, [...above, name]),
  ])
}

/** A section whose keys are all commented out reads as null in YAML; it means that section with its defaults, as does leaving it out. */
export function fillEmptySections(value: unknown, schema: z.ZodType): unknown {
  if (value === null && isSection(schema)) return {}
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const below = child(schema, key)
      return [key, below === undefined ? inner : fillEmptySections(inner, below)]
    }),
  )
}
