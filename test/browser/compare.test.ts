import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeComparison } from '../../src/report/index.js'
import { compareRuns, loadRun } from '../../src/track/index.js'
import { ownRunsFolder } from '../fixtures/own-runs-folder.js'
import { storedRun } from '../fixtures/stored-run.js'
import { chromiumMissing, openChromium } from './chromium.js'
import { keepPicture } from './pictures.js'
import { drawAll, figuresOutside, foreignRequests, openPage, SCREENS } from './report-page.js'

const missing = chromiumMissing()
if (missing !== undefined) process.stderr.write(`skipped: the comparison in a browser (${missing})\n`)

const runs = ownRunsFolder('compare-page')

describe.skipIf(missing !== undefined)('the comparison in Chromium', () => {
  const path = join(runs, 'compare.html')
  let context: BrowserContext

  beforeAll(async () => {
    const stored = [
      await storedRun({ models: { logistic: 0.4, lightgbm: 0.1 } }),
      await storedRun({ models: { lightgbm: 0.1, lstm: 0.4 }, seed: 8 }),
    ]
    const loaded = await Promise.all(stored.map(({ id }) => loadRun(id)))
    await writeComparison(path, loaded, compareRuns(loaded))
    context = await openChromium()
  })
  afterAll(() => context?.close())

  it.each(SCREENS)('asks nobody for anything, draws every figure and fits at $width px, $colorScheme', async (screen) => {
    const { width, colorScheme } = screen
    const opened = await openPage(context, path, screen)
    const { page } = opened
    expect(await page.locator('.badge').textContent()).toBe('Comparison')
    expect(await page.locator('#verdict-headline').textContent()).toMatch(/beyond chance/)
    expect(await drawAll(page, colorScheme)).toBe(12)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(await figuresOutside(page)).toEqual([])
    await keepPicture(page, `compare-${width}-${colorScheme}`, { fullPage: true })
    expect(opened.problems).toEqual([])
    expect(foreignRequests(opened)).toEqual([])
    await page.close()
  })
})
