import { existsSync, readFileSync } from 'node:fs'
import { projectPath, sha256, stableJson } from '../../core/index.js'
import { readInstalled } from '../../native/installed.js'
import type { NameDigest } from './kernel-side.js'
import type { ImportedFrom, ModuleCode } from './module-code.js'
import type { PlannedCell } from './notebook-plan.js'
import { STORE_VERSION } from './step-store.js'
import { mentionedFacts, steeringFacts } from './surroundings.js'

/** Where the names that a cell mentions come from. */
export interface NameSources {
  /** Local name -> what it means in its module. */
  readonly imports: ReadonlyMap<string, ImportedFrom>
  /** Names of variables, functions and classes -> the cell that declares what they mean while the step runs. */
  readonly variables: ReadonlyMap<string, PlannedCell>
  /** A variable of the function's own cell that a later cell hides: nobody can look at it. */
  readonly hidden?: string
}

/**
 * What the names of `cell` mean while `step` runs. A function that the step calls finds names of other cells as they are then, and keeps the variables of its own cell.
 * @param cell the step itself, or the cell of a function that it reaches
 */
export function nameSources(plan: readonly PlannedCell[], cell: PlannedCell, step: PlannedCell): NameSources {
  const imports = new Map<string, ImportedFrom>()
  const variables = new Map<string, PlannedCell>()
  const before = plan.slice(0, plan.indexOf(step)).filter(({ explore }) => !explore)
  let hidden: string | undefined
  for (const name of cell.mentioned) {
    const own = cell.imports.get(name)
    if (own !== undefined) {
      if (!own.typeOnly) imports.set(name, own)
      continue
    }
    // The step's own variables come about in it.
    if (cell === step && cell.declared.has(name)) continue
    const from = before.findLast(({ declared, imports }) => declared.has(name) || imports.has(name))
    if (cell.declared.has(name) && from !== cell) hidden ??= name
    const imported = from?.imports.get(name)
    if (imported !== undefined && !imported.typeOnly) imports.set(name, imported)
    else if (imported === undefined && from !== undefined) variables.set(name, from)
  }
  return { imports, variables, ...(hidden !== undefined && { hidden }) }
}

export interface StepKeyContext {
  readonly plan: readonly PlannedCell[]
  readonly code: ModuleCode
  /** Folder of the notebook. */
  readonly folder: string
  readonly digests: Readonly<Record<string, NameDigest>>
  /** What the runner was told beside the notebook. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Environment of the kernel. */
  readonly inKernel: Readonly<Record<string, string>>
}

export type StepKey =
  | {
      readonly key: string
      /** The files of the project behind the step, with their hashes. */
      readonly files: ReadonlyMap<string, string>
    }
  | { readonly why: string }

/**
 * Hash of everything that decides what a step computes, files that it reads aside: its source, the code it imports, the values it uses, packages, Node and what set-up
 * installed. Values count, not the way they came about: a step before it that gives the same values leaves it as it is.
 * @returns the key, or why there is none: something that cannot be compared
 */
export function stepKey(step: PlannedCell, context: StepKeyContext): StepKey {
  const files = new Map<string, string>()
  const before = context.plan.slice(0, context.plan.indexOf(step)).filter(({ explore }) => !explore)
  const effects = before.flatMap(({ imports }) => [...imports].filter(([local]) => local.startsWith('"')))
  const variables = [...before, step].flatMap(({ environment }) => [...environment])
  try {
    const facts = { ...installedFacts(), ...steeringFacts(process.env, context.inKernel, variables), ...context.environment }
    const surroundings = stableJson({ version: STORE_VERSION, ...facts })
    const sideEffects = context.code.hash(new Map(effects), context.folder, files)
    return { key: sha256(surroundings, sideEffects, recipeOf(step, step, context, files, new Set())), files }
  } catch (error) {
    if (error instanceof Incomparable) return { why: error.message }
    throw error
  }
}

class Incomparable extends Error {}

/** A cell's own part: source, code behind its imports, values and functions of other cells. */
function recipeOf(
  cell: PlannedCell,
  step: PlannedCell,
  context: StepKeyContext,
  files: Map<string, string>,
  visited: Set<PlannedCell>,
): string {
  visited.add(cell)
  if (cell.uncertain !== undefined) throw new Incomparable(cell.uncertain)
  const { imports, variables, hidden } = nameSources(context.plan, cell, step)
  if (hidden !== undefined)
    throw new Incomparable(`a function of cell ${cell.number} uses its ${hidden}, which a later cell declares again`)
  const environment = stableJson(mentionedFacts(cell.environment, context.inKernel))
  const parts: string[] = [cell.source, environment, context.code.hash(imports, context.folder, files)]
  for (const [name, from] of [...variables].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const digest = context.digests[name]
    // A type, or a variable that its cell never reached.
    if (digest === undefined) continue
    if (digest.kind === 'opaque') throw new Incomparable(digest.why)
    parts.push(name, digest.hash, ...digest.classes.map((place) => context.code.hashClass(place, files)))
    if (digest.kind === 'value') continue
    refuseMadeFunction(name, from, step, context.plan)
    parts.push(visited.has(from) ? 'visited' : recipeOf(from, step, context, files, visited))
  }
  return sha256(...parts)
}

/** A function is known by its source only where that stands in its declaration, and nobody puts another in its place. */
function refuseMadeFunction(name: string, from: PlannedCell, step: PlannedCell, plan: readonly PlannedCell[]): void {
  const assigned = plan.slice(0, plan.indexOf(step)).some((cell) => cell.assigned.has(name))
  if (!from.functions.has(name) || assigned)
    throw new Incomparable(
      `${name} is a function that ${assigned ? 'a cell assigns' : 'comes out of an expression'}: declare it as function ${name}(...)`,
    )
}

function installedFacts(): Record<string, string | undefined> {
  const lock = projectPath('package-lock.json')
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    packages: existsSync(lock) ? sha256(readFileSync(lock)) : undefined,
    setUp: readInstalled()?.fingerprint,
  }
}
