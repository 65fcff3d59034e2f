import type ts from 'typescript'
import { EXIT, LabError } from '../../core/index.js'
import { declaredNames, importedNames, parseCell } from '../cell-syntax.js'
import { compiler } from '../compiler.js'
import { cellSource, cellTags, isCode, type Cell, type Notebook } from '../notebook-file.js'
import { codeUses, literalFunctions } from './code-uses.js'
import { freeNames } from './free-names.js'

/** A name that a cell imports. */
export interface CellImport {
  readonly module: string
  /** Name inside the module; `*` for the whole module. */
  readonly exported: string
  /** True for types alone: nothing of the module runs. */
  readonly typeOnly: boolean
}

/** What can be said of a code cell without running it. */
export interface PlannedCell {
  readonly cell: Cell
  /** Counted from 1 as in the type check: code cells that are not empty, injected ones aside. */
  readonly number: number
  readonly source: string
  /** The name behind the tag `step:`; undefined where the cell is no step. */
  readonly step: string | undefined
  /** True for a cell tagged `explore`: for the eye in JupyterLab, left out of batch runs and scripts. */
  readonly explore: boolean
  readonly declared: ReadonlySet<string>
  /** Functions, classes, enums: what cannot be stored. */
  readonly code: ReadonlySet<string>
  /** Names whose declaration is the function itself: `function f`, `class C`, `const f = () => ...`. */
  readonly functions: ReadonlySet<string>
  /** Names that it assigns, in functions too. */
  readonly assigned: ReadonlySet<string>
  /** Variables of the environment that it mentions. */
  readonly environment: ReadonlySet<string>
  /** Why it cannot be said what it depends on; undefined where it can. */
  readonly uncertain: string | undefined
  /** Every name the cell mentions, its own included; more rather than less. */
  readonly mentioned: ReadonlySet<string>
  /** Names that it takes from other cells: without those that its own functions and blocks bind. */
  readonly free: ReadonlySet<string>
  readonly imports: ReadonlyMap<string, CellImport>
  /** Its import statements as they stand. */
  readonly importText: string
}

const STEP_NAME = /^[a-z0-9][a-z0-9-]*$/

/**
 * The code cells of a notebook with their tags, names and imports.
 * @throws LabError `notebook-syntax-error`, `cell-not-exportable`, `bad-step-name`, `duplicate-step`, `explore-used`; exit code of bad arguments
 */
export function planNotebook(notebook: Notebook): PlannedCell[] {
  const planned: PlannedCell[] = []
  let number = 0
  for (const cell of notebook.cells) {
    const source = cellSource(cell)
    if (!isCode(cell) || source.trim() === '') continue
    if (!cellTags(cell).includes('injected-parameters')) number += 1
    planned.push({ cell, number, source, ...tagsOf(cell, number), ...namesOf(source, number) })
  }
  refuseDuplicates(planned)
  refuseUsedExploration(planned)
  return planned
}

/** Names of `cell` that a later cell mentions: what has to be there when the cell itself is not run. */
export function neededLater(plan: readonly PlannedCell[], cell: PlannedCell): string[] {
  const later = plan.slice(plan.indexOf(cell) + 1).filter(({ explore }) => !explore)
  return [...cell.declared].filter((name) => later.some(({ mentioned }) => mentioned.has(name)))
}

function tagsOf(cell: Cell, number: number): { step: string | undefined; explore: boolean } {
  const tags = cellTags(cell)
  const steps = tags.filter((tag) => tag.startsWith('step:')).map((tag) => tag.slice('step:'.length))
  const bad = steps.length > 1 ? steps.join(', ') : steps.find((name) => !STEP_NAME.test(name))
  if (bad !== undefined)
    throw new LabError('bad-step-name', `Cell ${number} has a tag that is no name of a step.`, {
      received: steps.map((name) => `step:${name}`).join(' '),
      expected: 'one tag step:<name>; lower case letters, digits and hyphens',
      help: 'correct the tags of the cell',
      exitCode: EXIT.usage,
    })
  return { step: steps[0], explore: tags.includes('explore') }
}

type CellNames = Omit<PlannedCell, 'cell' | 'number' | 'source' | 'step' | 'explore'>

function namesOf(source: string, number: number): CellNames {
  const file = parseCell(source, number)
  const imports = new Map<string, CellImport>()
  const statements = file.statements.filter(compiler().isImportDeclaration)
  for (const statement of statements) for (const [local, found] of importsOf(statement)) imports.set(local, found)
  const code = file.statements.filter((statement) => !compiler().isVariableStatement(statement)).flatMap(runtimeNames)
  const uses = codeUses(file)
  for (const module of uses.modules) imports.set(`import ${module}`, { module, exported: '*', typeOnly: false })
  return {
    declared: new Set(file.statements.flatMap(declaredNames)),
    code: new Set(code),
    functions: new Set(file.statements.flatMap(literalFunctions)),
    assigned: uses.assigned,
    environment: uses.environment,
    uncertain: uses.uncertain,
    // Modules that are imported for their effect, or as a whole by import(), have no name that is mentioned.
    mentioned: new Set([...mentionedNames(file), ...[...imports.keys()].filter((local) => /^("|import )/.test(local))]),
    free: freeNames(file),
    imports,
    importText: statements.map((statement) => statement.getText()).join('\n'),
  }
}

const runtimeNames = (statement: ts.Statement): string[] =>
  compiler().isInterfaceDeclaration(statement) || compiler().isTypeAliasDeclaration(statement) ? [] : declaredNames(statement)

function importsOf(statement: ts.ImportDeclaration): [string, CellImport][] {
  const module = (statement.moduleSpecifier as ts.StringLiteral).text
  return importedNames(statement, module).map(({ local, node, code }) => {
    const typeOnly = /^import type\b/.test(code) || (compiler().isImportSpecifier(node) && node.isTypeOnly)
    const exported = compiler().isImportSpecifier(node)
      ? (node.propertyName ?? node.name).text
      : compiler().isNamespaceImport(node) || compiler().isImportDeclaration(node)
        ? '*'
        : 'default'
    return [local, { module, exported, typeOnly }]
  })
}

/** Identifiers that may stand for a variable: members and keys of objects are none. A name that the cell hides by one of its own counts too: rather run once too often. */
function mentionedNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (compiler().isIdentifier(node) && !isMemberName(node)) names.add(node.text)
    compiler().forEachChild(node, visit)
  }
  visit(file)
  return names
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node
  if (compiler().isPropertyAccessExpression(parent) || compiler().isMethodDeclaration(parent) || compiler().isPropertyAssignment(parent))
    return parent.name === node
  return compiler().isQualifiedName(parent) && parent.right === node
}

function refuseDuplicates(plan: readonly PlannedCell[]): void {
  const seen = new Map<string, number>()
  for (const { step, number } of plan) {
    if (step === undefined) continue
    if (seen.has(step))
      throw new LabError('duplicate-step', 'Two cells are the same step.', {
        received: `step:${step} on cells ${seen.get(step)!} and ${number}`,
        expected: 'a name of its own for each step',
        help: 'rename one of the tags',
        exitCode: EXIT.usage,
      })
    seen.set(step, number)
  }
}

/** A cell that is left out cannot give names to one that is not. */
function refuseUsedExploration(plan: readonly PlannedCell[]): void {
  const owner = new Map<string, PlannedCell>()
  for (const cell of plan) {
    for (const name of cell.free) {
      const from = owner.get(name)
      if (from?.explore !== true || cell.explore || cell.declared.has(name) || cell.imports.has(name)) continue
      throw new LabError('explore-used', `Cell ${cell.number} uses a name of an exploring cell, which batch runs and scripts leave out.`, {
        received: `${name}, of cell ${from.number}`,
        expected: 'cells that need no cell tagged explore',
        help: `take the tag from cell ${from.number}, or give ${name} a cell of its own`,
        exitCode: EXIT.usage,
      })
    }
    for (const name of [...cell.declared, ...cell.imports.keys()]) owner.set(name, cell)
  }
}
