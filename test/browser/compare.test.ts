import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeComparison } from '../../src/report/index.js'
import { compareRuns, loadRun } from '../../src/track/index.js'
import { ownRunsFolder } from '../fixtures/own-runs-folder.js'
import { storedRun } from '../fixtures/stored-run.js'
import { chromiumMissing, openChromium } from './chromium.js'

const missing = chromiumMissing()
if (missing !== undefined) process.stderr.write(`skipped: the comparison in a browser (${missing})\n`)

const runs = ownRunsFolder('compare-page')

/** BARLAB_SCREENSHOTS names a folder to keep pictures in, for the eye. */
const screenshots = process.env.BARLAB_SCREENSHOTS

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

  it.each([
    { width: 390, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
    { width: 1280, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
  ] as const)('asks nobody for anything, draws every figure and fits at $width px, $colorScheme', async ({ width, colorScheme }) => {
    const page = await context.newPage()
    const problems: string[] = []
    const requests: string[] = []
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    const address = pathToFileURL(path).href
    await page.goto(address)
    expect(await page.locator('.badge').textContent()).toBe('Comparison')
    expect(await page.locator('#verdict-headline').textContent()).toMatch(/beyond chance/)
    const plots = page.locator('.plot')
    const count = await plots.count()
    expect(count).toBe(12)
    for (let i = 0; i < count; i++) {
      await plots.nth(i).scrollIntoViewIfNeeded()
      const plot = `document.querySelectorAll('.plot')[${i}]`
      const drawn = `${plot}.dataset.drawn === '${colorScheme}' && ${plot}.querySelector('.cartesianlayer .subplot') !== null`
      await expect.poll(() => page.evaluate(drawn), { timeout: 30_000, message: `figure ${i}` }).toBe(true)
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('.plot')].filter((plot) => {
      const box = plot.getBoundingClientRect(), svg = plot.querySelector('.main-svg').getBoundingClientRect()
      return svg.width > box.width + 1 || svg.height > box.height + 1
    }).map((plot) => plot.dataset.figure)`)
    expect(outside).toEqual([])
    if (screenshots !== undefined) {
      if (!existsSync(screenshots)) mkdirSync(screenshots, { recursive: true })
      await page.screenshot({ path: join(screenshots, `compare-${width}-${colorScheme}.png`), fullPage: true })
    }
    expect(problems).toEqual([])
    expect(requests.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:'))).toEqual([address])
    await page.close()
  })
})
