import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import * as report from '../src/report/index.js'
import { galleryDocument } from './fixtures/gallery-document.js'
import { sampleFigures } from './fixtures/sample-figures.js'

it('docs/plots.md shows every plot as it is', () => {
  const figures = sampleFigures()
  expect(readFileSync(projectPath('docs/plots.md'), 'utf8'), 'write it anew: npm run gallery').toBe(galleryDocument(figures))
  for (const { name } of figures) expect(existsSync(projectPath(`docs/images/plots/${name}.png`)), name).toBe(true)
})

it('has a sample of every plot that src/report exports', () => {
  const folder = projectPath('src/report/plots')
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const paths = [...files.map((name) => join(folder, name)), projectPath('src/report/compare/compare-intervals.ts')]
  const made = paths.flatMap((path) => exportedFigureFunctions(readFileSync(path, 'utf8')))
  expect(made).toEqual(expect.arrayContaining(['priceChart', 'trainingCurves', 'featurePanels', 'fitTimes']))
  const samples = ['sample-figures.ts', 'sample-comparison.ts']
    .map((name) => readFileSync(projectPath('test/fixtures', name), 'utf8'))
    .join('\n')
  const forgotten = made.filter((name) => !new RegExp(`\\b${name}\\(`).test(samples))
  expect(forgotten, 'add them to test/fixtures/sample-figures.ts, then npm run gallery').toEqual([])
  expect(made.filter((name) => !(name in report))).toEqual([])
})

/** Names of the exported functions of a source that say that they return a figure, or a figure or nothing. */
function exportedFigureFunctions(text: string): string[] {
  const { statements } = ts.createSourceFile('plot.ts', text, ts.ScriptTarget.ES2022)
  const isFigure = (type: ts.TypeNode | undefined): boolean =>
    type !== undefined && /^Figure(\[\])?( \| undefined)?$/.test(text.slice(type.pos, type.end).trim())
  return statements.flatMap((node) => {
    if (!ts.canHaveModifiers(node) || !ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
    if (ts.isFunctionDeclaration(node)) return isFigure(node.type) ? [node.name!.text] : []
    if (!ts.isVariableStatement(node)) return []
    return node.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer !== undefined && ts.isArrowFunction(initializer) && isFigure(initializer.type)
        ? [name.text]
        : [],
    )
  })
}
