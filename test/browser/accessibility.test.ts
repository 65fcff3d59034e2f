import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DISPLAY } from '../../src/core/index.js'
import { table, writeComparison, writeReport } from '../../src/report/index.js'
import { compareRuns, loadRun } from '../../src/track/index.js'
import { ownRunsFolder } from '../fixtures/own-runs-folder.js'
import { sampleReport } from '../fixtures/sample-report.js'
import { storedRun } from '../fixtures/stored-run.js'
import { expectAccessible } from './axe.js'
import { chromiumMissing, openChromium } from './chromium.js'
import { becomes, openPage, SCREENS, scrollUntilDrawn } from './report-page.js'

const missing = chromiumMissing()
if (missing !== undefined) process.stderr.write(`skipped: accessibility of the pages (${missing})\n`)

const runs = ownRunsFolder('accessibility')

/** Both widths and both schemes; all four, on every figure and on pages of real runs, are in accessibility.slow.test.ts. */
const screens = [SCREENS[1], SCREENS[2]]

describe.skipIf(missing !== undefined)('axe-core finds nothing', () => {
  const pages = join(runs, 'pages')
  let context: BrowserContext
  beforeAll(async () => {
    mkdirSync(pages)
    context = await openChromium()
  })
  afterAll(() => context?.close())

  it('in a report', async () => {
    const path = join(pages, 'report.html')
    writeReport(path, sampleReport())
    await expectAccessible(context, path, screens)
  })

  it('in the colours of every verdict', async () => {
    for (const kind of ['edge', 'edge-fails-gates', 'edge-lost-to-fees', 'failed'] as const) {
      const path = join(pages, `${kind}.html`)
      const { verdict, ...rest } = sampleReport()
      writeReport(path, { ...rest, verdict: { ...verdict, kind }, sections: [] })
      await expectAccessible(context, path, [SCREENS[0], SCREENS[1]])
    }
  })

  it('in a comparison', async () => {
    const stored = [
      await storedRun({ models: { logistic: 0.4, lightgbm: 0.1 } }),
      await storedRun({ models: { lightgbm: 0.1, lstm: 0.4 }, seed: 8 }),
    ]
    const loaded = await Promise.all(stored.map(({ id }) => loadRun(id)))
    const path = join(pages, 'compare.html')
    await writeComparison(path, loaded, compareRuns(loaded))
    await expectAccessible(context, path, screens)
  })

  it('in a table as a notebook shows it', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({ bar: `bar ${i}`, close: 100 + i / 7, note: i % 3 === 0 ? 'gap' : '' }))
    const html = String(table(rows, { title: 'Closes' })[DISPLAY]()['text/html'])
    const path = join(pages, 'table.html')
    const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    writeFileSync(
      path,
      `<!doctype html><html lang="en"><head>${head}<title>Table</title></head><body><main><h1>Table</h1>${html}</main></body></html>`,
    )
    await expectAccessible(context, path, screens)
  })
})

describe.skipIf(missing !== undefined)('a figure by keyboard', () => {
  const path = join(runs, 'keys.html')
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    writeReport(path, sampleReport())
    context = await openChromium()
    page = (await openPage(context, path, SCREENS[2])).page
  })
  afterAll(() => context?.close())

  const first = `document.querySelector('.plot')`
  const range = (axis: string): Promise<number[]> =>
    page.evaluate<number[]>(`${first}._fullLayout.${axis}.range.map((end) => ${first}._fullLayout.${axis}.r2l(end))`)

  it('is reached, shows that it has the focus, and is one picture with a name', async () => {
    await scrollUntilDrawn(page, 0, 'light')
    await page.locator('.plot').first().focus()
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(`document.activeElement === ${first}`)).toBe(true)
    expect(await page.evaluate(`getComputedStyle(${first}).outlineStyle`)).toBe('solid')
    expect(await page.evaluate(`getComputedStyle(${first}, '::after').content`)).toContain('move')
    expect(await page.evaluate(`${first}.querySelector('[role=img]').getAttribute('aria-label')`)).toMatch(
      /^BTCUSD: last 200 bars\. Open, high/,
    )
    // From here the next stop is the figure's numbers: its buttons are for the mouse.
    await page.keyboard.press('Tab')
    expect(await page.evaluate(`document.activeElement.textContent`)).toBe('Numbers of BTCUSD: last 200 bars')
  })

  it('moves, zooms and goes back', async () => {
    await scrollUntilDrawn(page, 0, 'light')
    await page.locator('.plot').first().focus()
    const before = await range('xaxis')
    const width = ([from, to]: number[]): number => to! - from!
    await page.keyboard.press('ArrowRight')
    await becomes(page, `${first}._fullLayout.xaxis.r2l(${first}._fullLayout.xaxis.range[0]) > ${before[0]}`)
    const moved = await range('xaxis')
    expect(width(moved)).toBeCloseTo(width(before), -3)
    await page.keyboard.press('+')
    await becomes(page, `${first}._fullLayout.xaxis.r2l(${first}._fullLayout.xaxis.range[0]) > ${moved[0]}`)
    expect(width(await range('xaxis'))).toBeCloseTo(width(before) / 1.4, -3)
    await page.keyboard.press('0')
    await becomes(page, `${first}._fullLayout.xaxis.r2l(${first}._fullLayout.xaxis.range[0]) === ${before[0]}`)
    expect(await range('xaxis')).toEqual(before)
  })

  it('says its numbers, and shows and hides its curves', async () => {
    const figure = page.locator('#figure-equity')
    await figure.locator('.plot').scrollIntoViewIfNeeded()
    await becomes(page, `document.querySelector('#figure-equity .main-svg .subplot') !== null`)
    await figure.locator('summary').focus()
    await page.keyboard.press('Enter')
    await becomes(page, `document.querySelector('#figure-equity caption') !== null`)
    const captions = await figure.locator('.numbers caption').allTextContents()
    expect(captions[0]).toMatch(/^buy and hold, 100 of \d+ points$/)
    expect(await figure.locator('table').first().locator('thead th').allTextContents()).toEqual(['time (UTC)', 'wealth (start = 1)'])
    const box = figure.getByLabel('lightgbm', { exact: true })
    await box.focus()
    await page.keyboard.press('Space')
    const hidden = `JSON.stringify(document.querySelector('#figure-equity .plot').data.filter(({ visible }) => visible === false).map(({ name }) => name))`
    await becomes(page, `${hidden} === '["lightgbm","lightgbm"]'`)
  })
})
