import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { projectPath } from '../../src/core/index.js'
import { becomes, drawAll, openPage, type Screen } from './report-page.js'

/** One rule of axe-core that a page breaks, and where. */
export interface Finding {
  readonly rule: string
  readonly impact: string
  readonly help: string
  /** Selector of each place, with axe's own summary of what is wrong there. */
  readonly places: readonly string[]
}

const source = readFileSync(createRequire(projectPath('package.json')).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.0, 2.1 and 2.2, levels A and AA, and what axe calls best practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Everything that axe-core finds in a page as it stands; empty where nothing is wrong. The page keeps a global `axe`. */
export async function axeFindings(page: Page): Promise<Finding[]> {
  await page.addScriptTag({ content: source })
  return page.evaluate<
    Finding[]
  >(`axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, impact, help, nodes }) => ({
      rule: id, impact, help,
      places: nodes.slice(0, 5).map(({ target, failureSummary }) => target.join(' ') + ': ' + failureSummary),
    })))`)
}

/** On each screen: every figure drawn, the first `panels` panels of numbers open, and axe-core finds nothing. */
export async function expectAccessible(context: BrowserContext, path: string, screens: readonly Screen[], panels = 3): Promise<void> {
  for (const screen of screens) {
    const { page, problems } = await openPage(context, path, screen)
    await drawAll(page, screen.colorScheme)
    for (const summary of (await page.locator('.numbers summary').all()).slice(0, panels)) await summary.click()
    await becomes(page, `[...document.querySelectorAll('.numbers[open]')].every((panel) => panel.querySelector('caption') !== null)`)
    const message = `${screen.width} px, ${screen.colorScheme}`
    expect(await axeFindings(page), message).toEqual([])
    expect(problems, message).toEqual([])
    await page.close()
  }
}
