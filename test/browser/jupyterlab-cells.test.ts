import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../src/core/index.js'
import { KERNEL_NAME } from '../../src/notebook/index.js'
import { labMissing, openLab, type OpenLab } from './lab.js'
import { keepLabPicture } from './pictures.js'

const missing = labMissing()
if (missing !== undefined) process.stderr.write(`skipped: completion, hover and long tables in JupyterLab: ${missing}\n`)

const CELLS = [
  `import { FeatureEngineer, candles, loadBars, table } from '../../src/index.js'`,
  `const { bars } = await loadBars({ dataset: 'googl-1d' })
const engineer = new FeatureEngineer({ groups: ['momentum'] })
table({ time: bars.time, close: bars.close }, { maxRows: 5 })`,
  'FeatureEngi',
  'engineer.',
  'bars.',
  'new FeatureEngineer({ gr',
  'candles',
  'engineer.transform',
]

describe.skipIf(missing !== undefined)('what a cell offers in JupyterLab', { timeout: 300_000 }, () => {
  let lab: OpenLab
  let folder: string
  const limit = { timeout: 280_000 }
  const cell = (i: number): Locator => lab.page.locator('.jp-Notebook .jp-CodeCell').nth(i)
  const executed = (i: number): Promise<void> =>
    cell(i)
      .locator('.jp-InputPrompt', { hasText: /\[\d+\]:/ })
      .waitFor(limit)
  /** Puts the cursor behind the last character of a cell. */
  const goTo = async (i: number): Promise<void> => {
    await cell(i).locator('.cm-content').click()
    await lab.page.keyboard.press('Control+End')
  }

  beforeAll(async () => {
    folder = mkdtempSync(projectPath('notebooks', 'test-cells-'))
    const cells = CELLS.map((source, i) => ({ cell_type: 'code', id: `c${i}`, execution_count: null, metadata: {}, outputs: [], source }))
    const metadata = { kernelspec: { name: KERNEL_NAME, display_name: 'TypeScript (Barlab)', language: 'typescript' } }
    writeFileSync(join(folder, 'cells.ipynb'), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }))
    lab = await openLab()
    await lab.page.goto(lab.address(`lab/tree/notebooks/${basename(folder)}/cells.ipynb?reset`))
    await lab.page.getByText('TypeScript (Barlab) | Idle').waitFor(limit)
    for (const i of [0, 1]) {
      await goTo(i)
      await lab.page.keyboard.press('Control+Enter')
      await executed(i)
    }
  }, 300_000)
  afterAll(async () => {
    await lab?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const times: string[] = []
  const timed = async (what: string, work: () => Promise<void>): Promise<void> => {
    const began = performance.now()
    await work()
    times.push(`${what} ${Math.round(performance.now() - began)} ms`)
  }

  it('completes by Tab: names of src/, members, options', async () => {
    const { page } = lab
    const complete = async (i: number): Promise<string[]> => {
      await goTo(i)
      await timed('completion', async () => {
        await page.keyboard.press('Tab')
        await page.locator('.jp-Completer:not(.lm-mod-hidden)').waitFor(limit)
      })
      const items = await page.locator('.jp-Completer-item .jp-Completer-match').allInnerTexts()
      if (i === 3) await keepLabPicture(page, 'jupyterlab-completion')
      await page.keyboard.press('Escape')
      await page
        .locator('.jp-Completer:not(.lm-mod-hidden)')
        .waitFor({ ...limit, state: 'detached' })
        .catch(() => undefined)
      return items.map((text) => text.trim())
    }
    expect(await complete(3)).toEqual(expect.arrayContaining(['fit', 'fitTransform', 'getFeatureNames', 'stream', 'transform']))
    expect(await complete(4)).toEqual(['close', 'high', 'low', 'open', 'symbol', 'time', 'timeframeMs', 'volume'])
    // Jupyter's completer writes the only match without asking.
    for (const [i, whole] of [
      [2, 'FeatureEngineer'],
      [5, 'new FeatureEngineer({ groups'],
    ] as const) {
      await goTo(i)
      await page.keyboard.press('Tab')
      const text = (): Promise<string> => cell(i).locator('.cm-content').innerText()
      await page.locator('.jp-Completer:not(.lm-mod-hidden)').waitFor(limit)
      await page.keyboard.press('Enter')
      await expect.poll(text, limit).toBe(whole)
    }
  })

  it('shows signature and docstring by Shift+Tab', async () => {
    const { page } = lab
    const tip = async (i: number): Promise<string> => {
      await goTo(i)
      await timed('hover', async () => {
        await page.keyboard.press('Shift+Tab')
        await page.locator('.jp-Tooltip').waitFor(limit)
      })
      const text = await page.locator('.jp-Tooltip').innerText()
      await page.keyboard.press('Escape')
      return text
    }
    const candles = await tip(6)
    expect(candles).toContain('function candles(bars: Bars, { last }?: {')
    expect(candles).toContain('Candles of the last bars with their volume below.')
    expect(await tip(7)).toContain('(method) FeatureEngineer.transform(bars: Bars, others?: readonly Bars[]): EngineeredFeatures')
    process.stdout.write(`${times.join(', ')}\n`)
  })

  it('opens the other rows of a long table in a window whose headings stay, without the kernel', async () => {
    const { page } = lab
    const output = cell(1).locator('.jp-OutputArea-output')
    await output.getByText('Rows 6 to 1,000 of 2,335').click()
    const window = output.locator('details > div').first()
    await expect.poll(() => window.locator('tbody tr').count(), limit).toBe(995)
    const top = async (): Promise<number> => (await window.locator('th').first().boundingBox())!.y
    const before = await top()
    await window.evaluate((node) => ((node as unknown as { scrollTop: number }).scrollTop = 5000))
    await expect.poll(() => window.evaluate((node) => (node as unknown as { scrollTop: number }).scrollTop)).toBe(5000)
    expect(Math.abs((await top()) - before)).toBeLessThan(3)
    await keepLabPicture(page, 'jupyterlab-table')
  })
})
