import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeReport } from '../../src/report/index.js'
import { sampleReport } from '../fixtures/sample-report.js'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)
if (!hasBrowser)
  process.stderr.write(`skipped: report in a browser (no ${executablePath}; apt-get install chromium, or set CHROMIUM_PATH)\n`)

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

describe.skipIf(!hasBrowser)('the report in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'barlab-browser-'))
  const path = join(folder, 'report.html')
  let context: BrowserContext

  beforeAll(async () => {
    writeReport(path, sampleReport())
    context = await chromium.launchPersistentContext(join(folder, 'profile'), { executablePath, headless: true, args: QUIET })
  })
  afterAll(async () => {
    await context?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const cases = [
    { width: 390, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
    { width: 1280, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
  ] as const

  it.each(cases)('opens offline, draws every figure and fits at $width px, $colorScheme', async ({ width, colorScheme }) => {
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
    expect(await page.locator('.badge').textContent()).toBe('No edge found')

    const plots = page.locator('.plot')
    const count = await plots.count()
    expect(count).toBe(15)
    // Lazily: what is far below the screen is not drawn yet.
    expect(await page.locator('.plot[data-drawn]').count()).toBeLessThan(count)
    for (let i = 0; i < count; i++) await scrollUntilDrawn(page, i, colorScheme)

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    const sizes = await page.evaluate<{ name: string; inside: boolean }[]>(`[...document.querySelectorAll('.plot')].map((plot) => {
      const box = plot.getBoundingClientRect(), svg = plot.querySelector('.main-svg').getBoundingClientRect()
      return { name: plot.dataset.figure, inside: svg.width <= box.width + 1 && svg.height <= box.height + 1 }
    })`)
    expect(sizes.filter((size) => !size.inside)).toEqual([])
    expect(problems).toEqual([])
    expect(requests.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:'))).toEqual([address])
    await page.close()
  })

  it('redraws in the colours of the new scheme, and prints every figure in light', async () => {
    const page = await context.newPage()
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(pathToFileURL(path).href)
    await scrollUntilDrawn(page, 0, 'light')
    await page.emulateMedia({ colorScheme: 'dark' })
    await becomes(page, `document.querySelector('.plot').dataset.drawn === 'dark'`)
    const background = await page.evaluate(`getComputedStyle(document.querySelector('.plot .main-svg')).backgroundColor`)
    expect(background).toBe('rgb(20, 23, 27)')
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`)
    await becomes(
      page,
      `document.querySelectorAll('.plot[data-drawn=light] .main-svg').length === 3 * document.querySelectorAll('.plot').length`,
    )
    await page.close()
  })
})

async function scrollUntilDrawn(page: Page, index: number, theme: string): Promise<void> {
  await page.locator('.plot').nth(index).scrollIntoViewIfNeeded()
  const plot = `document.querySelectorAll('.plot')[${index}]`
  await becomes(page, `${plot}.dataset.drawn === '${theme}' && ${plot}.querySelector('.cartesianlayer .subplot') !== null`)
}

/** Asks from outside: the page forbids the eval with which Playwright's own waiting works. */
async function becomes(page: Page, condition: string): Promise<void> {
  await expect.poll(() => page.evaluate(condition), { timeout: 30_000, message: condition }).toBe(true)
}
