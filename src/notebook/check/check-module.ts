import type ts from 'typescript'
import { compiler } from '../compiler.js'
import { NotebookImports, declaredNames, importedNames, parseCell } from '../cell-syntax.js'
import { cellSource, cellTags, isCode, type Notebook } from '../notebook-file.js'

/** Where a line of the module comes from: code cell counted from 1, line from 1. */
export interface CellLine {
  readonly cell: number
  readonly line: number
  /** True for the cell that the runner put in. */
  readonly injected: boolean
}

export interface CheckModule {
  readonly text: string
  /** By line of `text`, from 0; undefined for lines that no cell has. Columns are those of the cell. */
  readonly origins: readonly (CellLine | undefined)[]
}

/**
 * The notebook as a module for the type check alone. Each cell is a function inside the one before it, which gives names the meaning they have in the kernel: a cell sees only
 * the cells before it, may declare their names again, and knows their variables by declared type (what an earlier cell found out about a value does not count).
 * No character of a cell moves within its line; imports stand at the top, at their column. Cells tagged `explore` are counted and left out, as a batch run leaves them out.
 * @throws LabError `notebook-syntax-error`, `cell-not-exportable`, `import-conflict`, `import-too-late`
 */
export function notebookCheckModule(notebook: Notebook): CheckModule {
  const head: [string, CellLine | undefined][] = []
  const body: [string, CellLine | undefined][] = []
  const imports = new NotebookImports()
  let cellNumber = 0
  let depth = 0
  for (const cell of notebook.cells) {
    const text = cellSource(cell).replaceAll('\r\n', '\n')
    if (!isCode(cell) || text.trim() === '') continue
    const injected = cellTags(cell).includes('injected-parameters')
    // Injected cells are not counted, so that a person finds the cell by its number in the notebook they wrote.
    if (!injected) cellNumber += 1
    if (cellTags(cell).includes('explore')) continue
    const source = parseCell(text, cellNumber)
    let rest = text
    for (const statement of source.statements.filter(compiler().isImportDeclaration)) {
      const { line, character } = source.getLineAndCharacterOfPosition(statement.getStart())
      const code = importWithout(statement, (name) => !imports.add(name, cellNumber))
      for (const [i, part] of code.split('\n').entries())
        head.push([i === 0 ? `${' '.repeat(character)}${part}` : part, { cell: cellNumber, line: line + 1 + i, injected }])
      rest = blank(rest, statement.getStart(), statement.end)
    }
    imports.pass(source, new Set(source.statements.flatMap(declaredNames)), cellNumber)
    depth += 1
    body.push([`async function __cell${depth}(this: typeof globalThis) {`, undefined])
    for (const [i, line] of rest.split('\n').entries()) body.push([line, { cell: cellNumber, line: i + 1, injected }])
  }
  const lines: typeof body = [...head, ...body, ['}'.repeat(depth), undefined], ['export {}', undefined]]
  return { text: `${lines.map(([text]) => text).join('\n')}\n`, origins: lines.map(([, origin]) => origin) }
}

/** The statement with the names that are there already blanked, everything else at its place; blank as a whole where nothing is left. */
function importWithout(statement: ts.ImportDeclaration, isKnown: (name: ReturnType<typeof importedNames>[number]) => boolean): string {
  const names = importedNames(statement, (statement.moduleSpecifier as ts.StringLiteral).text)
  const known = names.filter(isKnown)
  const text = statement.getText()
  if (known.length === names.length && names.length > 0) return blank(text, 0, text.length)
  return known.reduce((code, { node }) => {
    const from = node.getStart() - statement.getStart()
    const comma = /^\s*,/.exec(code.slice(from + node.getWidth()))
    return blank(code, from, from + node.getWidth() + (comma?.[0].length ?? 0))
  }, text)
}

const blank = (text: string, from: number, to: number): string =>
  text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to)
