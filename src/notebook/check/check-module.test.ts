import { describe, expect, it } from 'vitest'
import { isLabError, projectPath } from '../../core/index.js'
import { notebookCheckModule } from './check-module.js'
import type { Notebook } from '../notebook-file.js'
import { checkModule } from './type-check-program.js'

const notebook = (...sources: string[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: sources.map((source) => ({ cell_type: 'code', metadata: {}, source })),
})

/** `cell, line:column message` of each type error. */
function errors(...sources: string[]): string[] {
  const { text, origins } = notebookCheckModule(notebook(...sources))
  return checkModule(projectPath('notebooks', '.test.check.ts'), text).diagnostics.map(({ line, column, message }) => {
    const origin = origins[line]
    return `${origin?.cell ?? '?'}, ${origin?.line ?? '?'}:${column + 1} ${message}`
  })
}

function refusal(...sources: string[]): string {
  try {
    notebookCheckModule(notebook(...sources))
  } catch (error) {
    if (isLabError(error)) return `${error.code}: ${error.message} ${error.received ?? ''}`
    throw error
  }
  return 'accepted'
}

describe('the module for the type check', () => {
  it('accepts what the kernel accepts: names declared again, widened and growing variables, names set later, imports repeated', () => {
    expect(
      errors(
        "import { join, dirname } from 'node:path'\nlet mode: 'fast' | 'slow' = 'fast'\nconst rows = []\nlet unset: number",
        "import { dirname, basename } from 'node:path'\nif (mode === 'slow') rows.push(basename(join('a', dirname('b/c'))))\nunset = 1",
        "interface Point { x: number }\nconst point: Point = { x: unset }\nvar join = 'now a string'\nrows.push(point.x)",
        'interface Point { y: string }\nconst point: Point = { y: join.toUpperCase() }\nfor await (const value of [await Promise.resolve(point.y)]) rows.push(value)\nrows',
      ),
    ).toEqual([])
  })

  it('refuses what the kernel would refuse in the middle of a run, at the very place', () => {
    expect(
      errors(
        "const later = f(1)\nconst x = [1, 2].find((n) => n > 1)\nif (x === undefined) throw new Error('none')",
        'function f(n: number) { return n }\n  x.toFixed()',
        "var q = 1; q.b\nimport { nope } from 'node:path'",
      ),
    ).toEqual([
      "3, 2:10 Module '\"node:path\"' has no exported member 'nope'.",
      "1, 1:15 Cannot find name 'f'.",
      "2, 2:3 'x' is possibly 'undefined'.",
      "3, 1:14 Property 'b' does not exist on type 'number'.",
    ])
  })

  it('names cell and line of what cannot be read', () => {
    expect(refusal('const a = 1', 'const ok = 2\nconst b = (1 + ')).toMatch(
      /^notebook-syntax-error: .* cell 2, line 2:15 - Expression expected/,
    )
    expect(refusal('if (true) { return 1 }')).toMatch(/^notebook-syntax-error: .* cell 1, line 1:13/)
    expect(refusal('const f = () => { return 1 }')).toBe('accepted')
    expect(refusal('export const a = 1')).toMatch(/^cell-not-exportable/)
  })

  it('refuses imports that would mean something else at the top', () => {
    expect(refusal("join('a')", "import { join } from 'node:path'")).toMatch(/^import-too-late: Cell 1 uses "join"/)
    expect(refusal('const join = 1', "import { join } from 'node:path'")).toMatch(/^import-conflict: Cell 2 .* which cell 1 declares/)
    expect(refusal("import { join } from 'node:path'", "import { join } from 'lodash'")).toMatch(/^import-conflict: Cell 2/)
    // A member, a key or a name bound inside the cell is another thing.
    expect(refusal('({ join: 1 }).join\nconst f = (dirname: string) => dirname', "import { join, dirname } from 'node:path'")).toBe(
      'accepted',
    )
  })
})
