import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { makeConfig } from '../../src/config/index.js'
import { readInstalled } from '../../src/native/installed.js'
import { writeReport } from '../../src/report/index.js'
import { trainDirection, tuneDirection } from '../../src/workflow/index.js'
import { ownRunsFolder } from '../fixtures/own-runs-folder.js'
import { sampleFigures } from '../fixtures/sample-figures.js'
import { sampleReport } from '../fixtures/sample-report.js'
import { expectAccessible } from './axe.js'
import { chromiumMissing, openChromium } from './chromium.js'
import { expectPrintable, openPage, SCREENS } from './report-page.js'

const missing = chromiumMissing()
if (missing !== undefined) process.stderr.write(`skipped: accessibility of the pages (${missing})\n`)
const notSetUp = readInstalled() === undefined
if (notSetUp) process.stderr.write('skipped: accessibility of the pages of real runs (set-up has not run: npm run setup)\n')

const runs = ownRunsFolder('accessibility-slow')

describe.skipIf(missing !== undefined)('axe-core finds nothing', () => {
  let context: BrowserContext
  beforeAll(async () => void (context = await openChromium()))
  afterAll(() => context?.close())

  it('in a report with every figure there is, all their numbers opened', async () => {
    mkdirSync(join(runs, 'pages'))
    const path = join(runs, 'pages', 'every-figure.html')
    writeReport(path, { ...sampleReport(), sections: [{ id: 'all', title: 'All', figures: sampleFigures(1500), figuresPerRow: 2 }] })
    await expectAccessible(context, path, SCREENS, Infinity)
  })

  it.skipIf(notSetUp)('in the reports of a training and of a search for parameters, which can be printed', async () => {
    const spaces = { lightgbm: { numLeaves: [4, 8] } }
    const config = makeConfig({ training: { validation: { n_splits: 2 } }, tuning: { spaces, sampler: 'grid', pruner: 'none' } })
    const { run } = await trainDirection({ dataset: 'googl-1d', models: ['logistic', 'lightgbm'], config, device: 'cpu' })
    await expectAccessible(context, run.path('report.html'), SCREENS)
    const tuning = await tuneDirection({ model: 'lightgbm', dataset: 'googl-1d', config, study: 'axe', workers: 1, device: 'cpu' })
    await expectAccessible(context, tuning.run.path('report.html'), SCREENS)
    for (const printed of [run, tuning.run]) {
      const { page } = await openPage(context, printed.path('report.html'), SCREENS[3])
      await expectPrintable(page)
      await page.close()
    }
  })
})
