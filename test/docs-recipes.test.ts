import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectPath, projectRoot } from '../src/core/index.js'
import { lightgbmLibraryPath } from '../src/native/lightgbm/index.js'
import { codeBlocks, programsOf, readDocument } from './fixtures/documents.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('recipes are not run: no Python environment (npm run setup)\n')

/** What a page prints where it did what it says. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  'feature.md': /No leak found[\s\S]*bars are enough for all 2 columns/,
  'label.md': /stop_holds_5: clean[\s\S]*on 696 rows/,
  'model.md': /rsi tenths: AUC[\s\S]*177 probabilities/,
  'notebook.md': /^$/,
  'dataset.md': /ABC: .*unusual\.csv[\s\S]*1770/,
  'plot.md': /^$/,
  'search-space.md': /^4 \{/m,
  'strategy.md': /Google[\s\S]*trained[\s\S]*S&P 500[\s\S]*trained/,
}

/** The page's modules in a folder of their own, importing src/ from where it is; a block that begins with `// some/path.ts` is that file. */
function place(page: string, folder: string): string {
  const source = projectPath('src')
  for (const [path, text] of programsOf(`docs/how-to/${page}`)) {
    const named = /^\/\/ (\S+\.ts)$/m.exec(text.split('\n')[0]!)?.[1]
    const file = join(folder, named ?? path)
    mkdirSync(dirname(file), { recursive: true })
    const code = text.replace(/'(?:\.\.?\/)+src\//g, `'${source}/`).replace(/module: '/g, `module: '${folder}/`)
    writeFileSync(file, code)
  }
  return join(folder, 'docs/how-to', page.replace(/\.md$/, '.ts'))
}

describe.skipIf(!ready)('docs/how-to', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'barlab-recipes-'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('runs every page that has code', () => {
    const pages = readdirSync(projectPath('docs/how-to')).filter((page) =>
      codeBlocks(readDocument(`docs/how-to/${page}`)).some(({ info }) => info === 'ts'),
    )
    expect(pages.sort()).toEqual(Object.keys(PRINTS).sort())
  })

  it.concurrent.each(Object.entries(PRINTS))('%s', async (page, prints) => {
    const loader = projectPath('node_modules/tsx/dist/loader.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, place(page, folder)], {
      cwd: folder,
      env: { ...process.env, BARLAB_ROOT: projectRoot(), BARLAB_CWD: folder, BARLAB_RUNS_DIR: join(folder, 'runs') },
    })
    expect(stdout.trim()).toMatch(prints)
  })

  it('leaves runs that can be listed, and ended', () => {
    // As `npm run runs` sees it: studies are no runs.
    const runs = readdirSync(join(folder, 'runs')).filter((id) => !id.startsWith('.') && id !== 'studies')
    const ends = runs.map((id) => {
      const { name, status } = JSON.parse(readFileSync(join(folder, 'runs', id, 'run.json'), 'utf8')) as Record<'name' | 'status', string>
      return `${name}: ${status}`
    })
    // A notebook's run is ended by whoever runs the notebook.
    expect(ends.sort()).toEqual(['my-study: running', 'stop-holds: ok', 'strategies: ok'])
  })
})
