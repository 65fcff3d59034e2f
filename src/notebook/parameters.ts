import { existsSync, readFileSync } from 'node:fs'
import type ts from 'typescript'
import { parse as parseYaml } from 'yaml'
import { EXIT, LabError, nearestName, resolveUserPath } from '../core/index.js'
import { compiler } from './compiler.js'
import { cellSource, cellTags, isCode, type Cell, type Notebook } from './notebook-file.js'

export type ParameterValues = Readonly<Record<string, unknown>>

/** A `let` of the cell tagged `parameters`. */
export interface DeclaredParameter {
  readonly name: string
  /** As written, or what the default's form says. */
  readonly type: string
  /** Source of the default value. */
  readonly defaultText: string
}

const INJECTED = 'injected-parameters'
const usage = (code: string, message: string, details: { received: string; expected: string; help: string }): LabError =>
  new LabError(code, message, { ...details, exitCode: EXIT.usage })

/**
 * Parameters as given on a command line: `name=value` with the value in YAML syntax (`folds=3`, `models=[logistic, lstm]`); a later one wins, and each wins over the file.
 * @throws LabError `bad-parameter`, `bad-parameter-file`
 */
export function parseParameters(pairs: readonly string[], file?: string): ParameterValues {
  const values: Record<string, unknown> = file === undefined ? {} : readParameterFile(file)
  for (const pair of pairs) {
    const match = /^([A-Za-z_$][\w$]*)=([\s\S]*)$/.exec(pair)
    if (match === null)
      throw usage('bad-parameter', 'A parameter is a name and a value.', {
        received: `-p ${pair}`,
        expected: '-p name=value',
        help: '-p folds=3',
      })
    try {
      values[match[1]!] = match[2] === '' ? '' : (parseYaml(match[2]!) as unknown)
    } catch (error) {
      throw usage('bad-parameter', 'The value of a parameter cannot be read.', {
        received: `-p ${pair}: ${(error as Error).message.split('\n')[0]}`,
        expected: 'a value in YAML syntax',
        help: `quote it for the shell: -p '${match[1]}=...'`,
      })
    }
  }
  return values
}

function readParameterFile(file: string): Record<string, unknown> {
  const path = resolveUserPath(file)
  if (!existsSync(path))
    throw usage('bad-parameter-file', 'The parameter file is missing.', {
      received: file,
      expected: 'a YAML file of name: value',
      help: 'check the path',
    })
  try {
    const value: unknown = parseYaml(readFileSync(path, 'utf8'))
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value }
    throw new Error('it does not hold name: value pairs')
  } catch (error) {
    throw usage('bad-parameter-file', 'The parameter file cannot be read.', {
      received: `${file}: ${(error as Error).message.split('\n')[0]}`,
      expected: 'a YAML file of name: value',
      help: 'correct the file',
    })
  }
}

/** The parameters that a notebook declares, in order. Empty without a cell tagged `parameters`. @throws LabError `bad-parameters-cell` for one that is not a `let` with a default */
export function declaredParameters(notebook: Notebook): DeclaredParameter[] {
  const cell = parametersCell(notebook)
  if (cell === undefined) return []
  const source = compiler().createSourceFile('parameters.ts', cellSource(cell), compiler().ScriptTarget.ES2022, true)
  return source.statements.flatMap((statement) => {
    if (!compiler().isVariableStatement(statement)) return []
    return statement.declarationList.declarations.map((declaration): DeclaredParameter => {
      const isLet = (statement.declarationList.flags & compiler().NodeFlags.Let) !== 0
      if (!isLet || !compiler().isIdentifier(declaration.name) || declaration.initializer === undefined)
        throw new LabError('bad-parameters-cell', 'A parameter must be a `let` with a default value.', {
          received: statement.getText(source),
          expected: 'let name = value',
          help: 'change the cell tagged `parameters`',
        })
      const { initializer } = declaration
      return {
        name: declaration.name.text,
        type: declaration.type?.getText(source) ?? literalType(initializer),
        defaultText: initializer.getText(source),
      }
    })
  })
}

const parametersCell = (notebook: Notebook): Cell | undefined =>
  notebook.cells.find((cell) => isCode(cell) && cellTags(cell).includes('parameters'))

function literalType(node: ts.Expression): string {
  if (compiler().isNumericLiteral(node) || (compiler().isPrefixUnaryExpression(node) && compiler().isNumericLiteral(node.operand)))
    return 'number'
  if (compiler().isStringLiteralLike(node)) return 'string'
  if (node.kind === compiler().SyntaxKind.TrueKeyword || node.kind === compiler().SyntaxKind.FalseKeyword) return 'boolean'
  return compiler().isArrayLiteralExpression(node) ? 'array' : 'value'
}

/** The values that an executed notebook was run with; empty for any other. */
export function injectedValues(notebook: Notebook): ParameterValues {
  const cell = notebook.cells.find((one) => cellTags(one).includes(INJECTED))
  const assigned = cell === undefined ? [] : [...cellSource(cell).matchAll(/^([A-Za-z_$][\w$]*) = (.*)$/gm)]
  return Object.fromEntries(assigned.map(([, name, value]) => [name!, JSON.parse(value!) as unknown]))
}

/**
 * The notebook with the given values assigned in a cell of its own behind the parameters cell (papermill's convention); an older such cell is replaced. They are assignments,
 * so TypeScript checks them against the declared types.
 * @throws LabError `unknown-parameter` naming the nearest
 */
export function injectParameters(notebook: Notebook, values: ParameterValues): Notebook {
  const cells = notebook.cells.filter((cell) => !cellTags(cell).includes(INJECTED))
  const declared = declaredParameters(notebook)
  const names = declared.map(({ name }) => name)
  for (const name of Object.keys(values)) {
    if (names.includes(name)) continue
    const near = nearestName(name, names)
    throw usage('unknown-parameter', 'The notebook has no such parameter.', {
      received: name,
      expected:
        declared.length === 0
          ? 'none: it has no cell tagged `parameters`'
          : declared.map((p) => `${p.name}: ${p.type} = ${p.defaultText}`).join(', '),
      help: near === undefined ? 'use one of these names' : `did you mean ${near}?`,
    })
  }
  if (Object.keys(values).length === 0) return { ...notebook, cells }
  const source = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  const injected: Cell = {
    cell_type: 'code',
    id: INJECTED,
    metadata: { tags: [INJECTED] },
    execution_count: null,
    outputs: [],
    source: ['// Parameters', ...source, 'void 0'].join('\n'),
  }
  const at = cells.findIndex((cell) => isCode(cell) && cellTags(cell).includes('parameters'))
  return { ...notebook, cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)] }
}
