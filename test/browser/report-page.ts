import { pathToFileURL } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'

/** A phone and a desk, by day and by night. */
export const SCREENS = [
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const

export type Screen = (typeof SCREENS)[number]

export interface OpenPage {
  readonly page: Page
  readonly address: string
  /** Console messages and errors of the page, as they come. */
  readonly problems: string[]
  /** What it asked for, the page itself included. */
  readonly requests: string[]
}

/** Opens a page of this project from its file. */
export async function openPage(context: BrowserContext, path: string, { width, colorScheme }: Screen): Promise<OpenPage> {
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
  return { page, address, problems, requests }
}

/** Scrolls to each figure until it is drawn in the colours of the scheme. @returns how many there are */
export async function drawAll(page: Page, colorScheme: string): Promise<number> {
  const count = await page.locator('.plot').count()
  for (let i = 0; i < count; i++) await scrollUntilDrawn(page, i, colorScheme)
  return count
}

export async function scrollUntilDrawn(page: Page, index: number, theme: string): Promise<void> {
  await page.locator('.plot').nth(index).scrollIntoViewIfNeeded()
  const plot = `document.querySelectorAll('.plot')[${index}]`
  await becomes(page, `${plot}.dataset.drawn === '${theme}' && ${plot}.querySelector('.cartesianlayer .subplot') !== null`)
}

/** Asks from outside: the page forbids the eval with which Playwright's own waiting works. */
export async function becomes(page: Page, condition: string): Promise<void> {
  await expect.poll(() => page.evaluate(condition), { timeout: 30_000, message: condition }).toBe(true)
}

/** Names of figures whose drawing is larger than their place. */
export const figuresOutside = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('.plot')].filter((plot) => {
    const box = plot.getBoundingClientRect(), svg = plot.querySelector('.main-svg').getBoundingClientRect()
    return svg.width > box.width + 1 || svg.height > box.height + 1
  }).map((plot) => plot.dataset.figure)`)

/** Addresses other than the page's own and what it carries within. */
export const foreignRequests = ({ address, requests }: OpenPage): string[] =>
  requests.filter((url) => url !== address && !url.startsWith('data:') && !url.startsWith('blob:'))

/** What a reader gets on paper, A4 with margins of 15 mm: every figure whole and in light, nothing wider than the paper. */
export async function expectPrintable(page: Page): Promise<void> {
  await page.setViewportSize({ width: 680, height: 1000 })
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`)
  await page.emulateMedia({ media: 'print' })
  await becomes(
    page,
    `document.querySelectorAll('.plot[data-drawn=light] .main-svg').length === 3 * document.querySelectorAll('.plot').length`,
  )
  expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)')
  const wide = `[...document.querySelectorAll('table, .main-svg, p, h1')].filter((part) => part.getBoundingClientRect().right > innerWidth + 1).map((part) => part.caption?.textContent ?? part.className.baseVal ?? part.textContent)`
  expect(await page.evaluate(wide)).toEqual([])
  expect(await figuresOutside(page)).toEqual([])
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`)
  await page.emulateMedia({ media: 'screen' })
}
