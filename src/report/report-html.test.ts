import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleReport } from '../../test/fixtures/sample-report.js'
import { unlinkedNumbers } from '../../test/fixtures/unlinked-numbers.js'
import { figure } from './figure.js'
import { reportHtml } from './report-html.js'
import type { ReportSpec } from './report-spec.js'
import { table } from './table.js'
import { reportTerms } from './terms/index.js'
import { writeReport } from './write-report.js'

const folder = mkdtempSync(join(tmpdir(), 'barlab-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hostile = `</script><script>alert(1)</script><!--"'&<img src=x onerror=alert(2)>\u2028`

describe('writeReport', () => {
  it('writes one file below 6 MB, the same each time, and leaves nothing beside it', () => {
    const path = join(folder, 'report.html')
    const bytes = writeReport(path, sampleReport())
    const first = readFileSync(path)
    expect(bytes).toBe(first.byteLength)
    expect(bytes).toBeLessThan(6e6)
    writeReport(path, sampleReport())
    expect(readFileSync(path).equals(first)).toBe(true)
    expect(readdirSync(folder)).toEqual(['report.html'])
    expect(statSync(path).isFile()).toBe(true)
  })
})

describe('reportHtml', () => {
  const spec: ReportSpec = {
    title: hostile,
    subtitle: hostile,
    verdict: { kind: 'failed', headline: hostile, sentences: [hostile] },
    facts: [[hostile, hostile]],
    sections: [
      {
        id: 'a',
        title: hostile,
        paragraphs: [hostile, `- ${hostile}`],
        tables: [table([{ [hostile]: hostile }], { title: hostile })],
        figures: [figure('evil', hostile, { data: [{ x: [hostile], y: [1], name: hostile }], layout: { title: { text: hostile } } })],
      },
    ],
    glossary: [{ term: hostile, definition: hostile, aliases: [hostile] }],
    generatedAt: hostile,
  }

  it('lets no text become markup', () => {
    const { document } = new JSDOM(reportHtml(spec)).window
    expect(document.querySelectorAll('script')).toHaveLength(3)
    expect(document.querySelectorAll('img')).toHaveLength(0)
    expect(
      [...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on')),
    ).toEqual([])
    expect(document.querySelector('h1')!.textContent).toBe(hostile)
    const data = JSON.parse(document.getElementById('figures')?.textContent ?? '') as { figures: { evil: { data: { name: string }[] } } }
    expect(data.figures.evil.data[0]!.name).toBe(hostile)
  })

  it('can be read by assistive technology', () => {
    const { document } = new JSDOM(reportHtml(sampleReport())).window
    expect(document.documentElement.lang).toBe('en')
    const levels = [...document.querySelectorAll('h1,h2,h3')].map((heading) => Number(heading.tagName[1]))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (let i = 1; i < levels.length; i++) expect(levels[i]! - levels[i - 1]!).toBeLessThanOrEqual(1)
    for (const shown of document.querySelectorAll('table')) expect(shown.caption?.textContent).not.toBe('')
    for (const plot of document.querySelectorAll('.plot')) expect(plot.getAttribute('aria-label')).not.toBe('')
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const link of document.querySelectorAll('a[href^="#"]')) expect(ids).toContain(link.getAttribute('href')!.slice(1))
  })

  it('links every number to its definition', () => {
    expect(unlinkedNumbers(reportHtml(sampleReport()))).toEqual([])
    const { document } = new JSDOM(reportHtml(sampleReport())).window
    const scores = document.querySelector('#scores table')!
    const headings = [...scores.querySelectorAll('thead th')].map((cell) => cell.querySelector('a')?.getAttribute('href') ?? undefined)
    expect(headings).toEqual([
      undefined,
      '#term-auc',
      '#term-auc-interval',
      '#term-brier-score',
      '#term-log-loss',
      '#term-accuracy',
      '#term-f1',
      '#term-test-rows',
    ])
    for (const row of scores.querySelectorAll('tbody tr'))
      expect([...row.children].map((cell) => cell.querySelector('a')?.getAttribute('href') ?? undefined)).toEqual(headings)
  })

  it('leads from a number to what its row says where its heading is a run, and to its title where the row is a model', () => {
    const scores = table([{ model: 'lstm', score: 'Accuracy', A: '0.52', B: 0.51 }])
    const aucs = table([{ model: 'lstm', A: '0.61 (0.5 to 0.7)', B: '–' }], { title: 'AUC of each' })
    const unknown = table([{ what: 'shoe size', value: 43 }])
    const html = reportHtml({ ...spec, sections: [{ id: 'a', title: 'A', tables: [scores, aucs, unknown] }], glossary: reportTerms })
    const { document } = new JSDOM(html).window
    const targets = [...document.querySelectorAll('#a tbody td')].map((cell) => cell.querySelector('a')?.getAttribute('href') ?? '')
    expect(targets).toEqual(['#term-accuracy', '#term-accuracy', '#term-accuracy', '#term-auc', '', ''])
    // Only what something leads to is defined.
    expect([...document.querySelectorAll('dt')].map(({ id }) => id)).toEqual(['term-accuracy', 'term-auc'])
    expect(unlinkedNumbers(html)).toEqual([': value: 43'])
  })

  it('asks for nothing from outside', () => {
    const { document } = new JSDOM(reportHtml(sampleReport())).window
    const addresses = [...document.querySelectorAll('[src],[href]')].map(
      (element) => element.getAttribute('src') ?? element.getAttribute('href')!,
    )
    expect(addresses.filter((address) => !address.startsWith('#') && !address.startsWith('data:'))).toEqual([])
    expect(document.querySelector('meta[http-equiv]')!.getAttribute('content')).toContain("default-src 'none'")
  })

  it('refuses two parts of one name', () => {
    const section = { id: 'a', title: 'A' }
    expect(() => reportHtml({ ...spec, sections: [section, section] })).toThrow(
      expect.objectContaining({ code: 'duplicate-anchor', received: 'a' }),
    )
    expect(() => reportHtml({ ...spec, sections: [{ id: 'A B', title: 'A' }] })).toThrow(expect.objectContaining({ code: 'bad-anchor' }))
  })
})
