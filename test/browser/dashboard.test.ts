import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BrowserContext } from 'playwright-core'
import { StudyDashboard } from '../../src/tune/index.js'
import { hasPython, runFormula, studyOptions, studyPlace } from '../../src/tune/study.fixture.js'
import { chromiumMissing, openChromium } from './chromium.js'
import { keepPicture } from './pictures.js'

const missing = hasPython ? chromiumMissing() : 'no Python environment (npm run setup)'
if (missing !== undefined) process.stderr.write(`skipped: the dashboard in a browser (${missing})\n`)

describe.skipIf(missing !== undefined)('the dashboard in Chromium', () => {
  const place = studyPlace()
  let dashboard: StudyDashboard
  let browser: BrowserContext
  beforeAll(async () => {
    await runFormula(studyOptions(place.storage, { name: 'shown-here' }), { trials: 12 })
    dashboard = await StudyDashboard.open({ storage: place.storage })
    browser = await openChromium({ width: 1280, height: 1000 })
  })
  afterAll(async () => {
    await browser?.close()
    await dashboard?.close()
    place.remove()
  })

  it('lists the study and draws its history, with nothing from another host', async () => {
    const page = await browser.newPage()
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(dashboard.url) && /^https?:/.test(request.url())) elsewhere.push(request.url())
    })
    await page.goto(`${dashboard.url}/dashboard`)
    await page.getByText('shown-here').first().click()
    await page.waitForSelector('.js-plotly-plot .scatterlayer .point', { timeout: 30_000 })
    expect(await page.getByText('shown-here').count()).toBeGreaterThan(0)
    expect(await page.locator('.js-plotly-plot').count()).toBeGreaterThan(1)
    expect(elsewhere).toEqual([])
    await keepPicture(page, 'dashboard')
    await page.close()
  })
})
