import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeReport } from '../../src/report/index.js'
import { sampleReport } from '../fixtures/sample-report.js'
import { chromiumMissing, openChromium } from './chromium.js'
import { keepPicture } from './pictures.js'
import { becomes, drawAll, expectPrintable, figuresOutside, foreignRequests, openPage, SCREENS, scrollUntilDrawn } from './report-page.js'

const missing = chromiumMissing()
if (missing !== undefined) process.stderr.write(`skipped: the report in a browser (${missing})\n`)

describe.skipIf(missing !== undefined)('the report in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'barlab-browser-'))
  const path = join(folder, 'report.html')
  let context: BrowserContext

  beforeAll(async () => {
    writeReport(path, sampleReport())
    context = await openChromium()
  })
  afterAll(async () => {
    await context?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(SCREENS)('opens offline, draws every figure and fits at $width px, $colorScheme', async (screen) => {
    const opened = await openPage(context, path, screen)
    const { page } = opened
    expect(await page.locator('.badge').textContent()).toBe('No edge found')
    const count = await page.locator('.plot').count()
    expect(count).toBe(sampleReport().sections.flatMap(({ figures = [] }) => figures).length)
    // Lazily: what is far below the screen is not drawn yet.
    expect(await page.locator('.plot[data-drawn]').count()).toBeLessThan(count)
    await drawAll(page, screen.colorScheme)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(screen.width)
    expect(await figuresOutside(page)).toEqual([])
    await keepPicture(page, `report-${screen.width}-${screen.colorScheme}`, { fullPage: true })
    expect(opened.problems).toEqual([])
    expect(foreignRequests(opened)).toEqual([])
    await page.close()
  })

  it('prints every figure whole, in light, though the screen is dark; and then is as it was', async () => {
    const { page } = await openPage(context, path, SCREENS[3])
    await expectPrintable(page)
    await page.setViewportSize({ width: 1280, height: 900 })
    const fits = `Math.abs(plot.querySelector('.main-svg').clientWidth - plot.clientWidth) <= 1`
    await becomes(page, `[...document.querySelectorAll('.plot')].every((plot) => plot.dataset.drawn === 'dark' && ${fits})`)
    await page.close()
  })

  it('shows the buttons of a figure beside its heading, not on the plot', async () => {
    const { page } = await openPage(context, path, SCREENS[2])
    for (const name of ['candles', 'confusion']) {
      const figure = page.locator(`figure[id^="figure-${name}"]`).first()
      await figure.locator('.plot').scrollIntoViewIfNeeded()
      await figure.locator('.modebar').waitFor({ state: 'attached' })
      const [plot, buttons, heading] = await Promise.all(
        ['.plot', '.modebar', 'h3'].map((part) => figure.locator(part).first().boundingBox()),
      )
      expect(buttons!.y + buttons!.height, name).toBeLessThanOrEqual(plot!.y + 4)
      expect(buttons!.y, name).toBeGreaterThanOrEqual(heading!.y - 4)
      // The heading's words end before the buttons begin.
      const { x, y } = buttons!
      const covered = await figure.locator('h3').evaluate(
        (element, at) => {
          const range = element.ownerDocument.createRange()
          range.selectNodeContents(element)
          return [...range.getClientRects()].some(({ right, bottom }) => right > at.x && bottom > at.y)
        },
        { x, y: y + 4 },
      )
      expect(covered, name).toBe(false)
    }
    await page.close()
  })

  it('shows on a phone that a table goes on', async () => {
    const { page } = await openPage(context, path, SCREENS[0])
    const table = page.locator('#scores .scroll').first()
    expect(await table.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true)
    // Covers move with the table, shadows stay: what differs is the edge at which the table goes on.
    expect(await table.evaluate((element) => getComputedStyle(element).backgroundAttachment)).toBe('local, local, scroll, scroll')
    const edge = async (): Promise<Buffer> => {
      const box = (await table.boundingBox())!
      return page.screenshot({ clip: { x: box.x + box.width - 12, y: box.y + 2, width: 12, height: 12 } })
    }
    await table.scrollIntoViewIfNeeded()
    const cut = await edge()
    await table.evaluate((element) => void (element.scrollLeft = element.scrollWidth))
    expect((await edge()).equals(cut)).toBe(false)
    await page.close()
  })

  it('redraws in the colours of the new scheme', async () => {
    const { page } = await openPage(context, path, SCREENS[2])
    await scrollUntilDrawn(page, 0, 'light')
    await page.emulateMedia({ colorScheme: 'dark' })
    await becomes(page, `document.querySelector('.plot').dataset.drawn === 'dark'`)
    const background = await page.evaluate(`getComputedStyle(document.querySelector('.plot .main-svg')).backgroundColor`)
    expect(background).toBe('rgb(20, 23, 27)')
    await page.close()
  })
})
