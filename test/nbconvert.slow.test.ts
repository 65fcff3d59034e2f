import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { runPipeline } from '../src/notebook/index.js'
import { venvFolder } from '../src/native/installed.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { testNotebooks } from './fixtures/test-notebooks.js'

const jupyter = join(venvFolder(), 'bin', 'jupyter')
if (!existsSync(jupyter)) process.stderr.write('skipped: notebooks as HTML by nbconvert (no Jupyter in .venv: npm run setup)\n')

const { folder, write: notebook } = testNotebooks('nbconvert')
ownRunsFolder('nbconvert')

const CELLS = [
  { markdown: '# Kept for readers' },
  `import { loadBars } from '../../../src/data/index.js'
import { candles, table } from '../../../src/report/index.js'`,
  `const { bars } = await loadBars({ dataset: 'googl-1d' })
candles(bars, { last: 50 })`,
  `table([{ bar: 'first', close: 12.5 }, { bar: 'second', close: 13.25 }], { title: 'Two closes' })`,
  // Longer than what is shown at first.
  `table(Array.from({ length: 120 }, (_, i) => ({ row: i, square: i * i })), { title: 'Squares' })`,
]

describe.skipIf(!existsSync(jupyter))('an executed notebook as HTML, by nbconvert', () => {
  /** The page as a reader without scripts gets it. */
  let page: Document
  const output = (i: number): Element => page.querySelectorAll('.jp-CodeCell')[i]!.querySelector('.jp-OutputArea-output')!

  beforeAll(async () => {
    const { exitCode, notebooks } = await runPipeline({ notebooks: [notebook('shown', CELLS)], quiet: true })
    expect(exitCode, JSON.stringify(notebooks[0]!.error)).toBe(0)
    const executed = join(notebooks[0]!.folder!, 'notebook.ipynb')
    await promisify(execFile)(jupyter, ['nbconvert', '--to', 'html', '--output-dir', folder, '--output', 'page', executed], {
      cwd: projectPath(),
    })
    page = new JSDOM(readFileSync(join(folder, 'page.html'), 'utf8')).window.document
    for (const script of page.querySelectorAll('script')) script.remove()
  })

  it('holds the figure as an SVG picture, drawn', () => {
    expect(page.querySelector('h1')!.textContent).toContain('Kept for readers')
    const [type, picture] = output(1).querySelector('img')!.src.split(',')
    expect(type).toBe('data:image/svg+xml;base64')
    const svg = new JSDOM(Buffer.from(picture!, 'base64').toString(), { contentType: 'image/svg+xml' }).window.document.documentElement
    expect([svg.localName, svg.namespaceURI]).toEqual(['svg', 'http://www.w3.org/2000/svg'])
    expect(['width', 'height'].every((side) => Number(svg.getAttribute(side)) > 100)).toBe(true)
    expect(svg.textContent).toContain('GOOGL')
    // A path for each candle.
    expect(svg.querySelectorAll('path.box').length).toBe(50)
  })

  it('holds the tables, of a long one its first rows and the word that there are more', () => {
    const rows = (i: number) => [...output(i).querySelectorAll('tr')].map((row) => [...row.children].map((cell) => cell.textContent.trim()))
    expect(output(2).querySelector('caption')?.textContent).toContain('Two closes')
    expect(rows(2)).toEqual([
      ['bar', 'close'],
      ['first', '12.50'],
      ['second', '13.25'],
    ])
    expect(rows(3)[50]).toEqual(['49', '2,401'])
    expect(output(3).textContent).toMatch(/Rows 51 to 120 of 120/)
  })
})
