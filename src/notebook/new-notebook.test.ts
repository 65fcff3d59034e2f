import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { projectPath } from '../core/index.js'
import { folderOf, fromTemplate, names } from './kernel/jupyter/labextensions/barlab-launcher/static/from-template.mjs'
import { newNotebook, notebookTemplates } from './new-notebook.js'
import { cellSource, readNotebook } from './notebook-file.js'

/** A project of its own: a new notebook must not appear beside the real ones. */
const root = mkdtempSync(join(tmpdir(), 'barlab-new-'))
beforeAll(() => {
  const real = { blank: projectPath('src/notebook/templates/blank.ipynb'), quickstart: projectPath('notebooks/quickstart.ipynb') }
  mkdirSync(join(root, 'notebooks'))
  mkdirSync(join(root, 'src/notebook/templates'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{"name":"barlab"}')
  writeFileSync(join(root, 'src/notebook/templates/blank.ipynb'), readFileSync(real.blank))
  const executed = JSON.parse(readFileSync(real.quickstart, 'utf8')) as { cells: { outputs?: unknown[]; execution_count?: number }[] }
  for (const cell of executed.cells)
    if (cell.outputs !== undefined) Object.assign(cell, { outputs: [{ output_type: 'stream' }], execution_count: 4 })
  writeFileSync(join(root, 'notebooks/quickstart.ipynb'), JSON.stringify(executed))
  vi.stubEnv('BARLAB_ROOT', root)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

describe('a new notebook', () => {
  it('can begin as any notebook there is', () => {
    expect(notebookTemplates().map(({ name, title }) => [name, title])).toEqual([
      ['blank', 'Study'],
      ['quickstart', 'Quickstart: from bars to a verdict in five minutes'],
    ])
  })

  it.each([
    ['my-study', undefined],
    ['my-second-study', 'quickstart'],
  ])('has its own heading and command, and no outputs: %s', (name, template) => {
    const path = newNotebook(name, template)
    expect(path).toBe(join(root, 'notebooks', `${name}.ipynb`))
    const { cells } = readNotebook(path)
    expect(cellSource(cells[0]!)).toMatch(name === 'my-study' ? /^# My study\n/ : /^# My second study\n/)
    expect(cellSource(cells[0]!)).toContain(`npm run pipeline -- notebooks/${name}.ipynb`)
    expect(cells.map(cellSource).join('\n')).toContain(`openRun({ name: '${name}', `)
    expect(cells.flatMap(({ outputs }) => outputs ?? [])).toEqual([])
    expect(cells.some(({ metadata }) => JSON.stringify(metadata.tags) === '["parameters"]')).toBe(true)
  })

  it('is not written over another, nor under a name that is none', () => {
    newNotebook('twice')
    expect(() => newNotebook('twice')).toThrow(
      expect.objectContaining({ code: 'notebook-exists', received: expect.stringContaining('twice.ipynb') as string }),
    )
    expect(() => newNotebook('My Study')).toThrow(expect.objectContaining({ code: 'bad-notebook-name', help: 'npm run new -- my-study' }))
    expect(() => newNotebook('other', 'quickstrat')).toThrow(
      expect.objectContaining({ code: 'unknown-template', help: 'did you mean quickstart?' }),
    )
  })
})

describe("a card of JupyterLab's launcher", () => {
  it('makes a notebook in the folder that is shown, and in notebooks/ where that is no place for one', () => {
    expect(folderOf('notebooks')).toBe('notebooks')
    expect(folderOf('notebooks/ideas')).toBe('notebooks/ideas')
    expect(folderOf('ideas')).toBe('ideas')
    for (const other of ['', '/', 'src', 'src/notebook', 'datasets/googl-1d', 'runs/x', 'RTC:notebooks'])
      expect(folderOf(other)).toBe('notebooks')
  })

  it('tries names until one is free', () => {
    const first = (template: string) =>
      Array.from(
        { length: 3 },
        (
          (all) => () =>
            all.next().value
        )(names(template)),
      )
    expect(first('blank')).toEqual(['my-study', 'my-study-2', 'my-study-3'])
    expect(first('quickstart')).toEqual(['my-quickstart', 'my-quickstart-2', 'my-quickstart-3'])
    expect(first('my-study')[0]).toBe('my-study')
  })

  it('gives the same as npm run new in notebooks/, and fits imports and links to a deeper folder', () => {
    const from = readNotebook(projectPath('notebooks', 'quickstart.ipynb'))
    const made = fromTemplate(from, 'notebooks/quickstart.ipynb', 'notebooks/card.ipynb')
    expect(readNotebook(newNotebook('card', 'quickstart'))).toEqual(made)
    const deeper = fromTemplate(from, 'notebooks/quickstart.ipynb', 'notebooks/ideas/card.ipynb').cells.map(cellSource).join('\n')
    expect(deeper).toContain("from '../../src/index.js'")
    expect(deeper).toContain('](../../docs/features.md)')
    expect(deeper).toContain('npm run pipeline -- notebooks/ideas/card.ipynb')
  })
})
