import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../src/core/index.js'
import { fromTemplate } from '../../src/notebook/kernel/jupyter/labextensions/barlab-launcher/static/from-template.mjs'
import { cellSource, notebookTemplates, readNotebook } from '../../src/notebook/index.js'
import { labMissing, openLab, type OpenLab } from './lab.js'
import { keepLabPicture } from './pictures.js'

const missing = labMissing()
if (missing !== undefined) process.stderr.write(`skipped: cards in JupyterLab's launcher: ${missing}\n`)

describe.skipIf(missing !== undefined)("Barlab's cards in the launcher", { timeout: 300_000 }, () => {
  let lab: OpenLab
  let folder: string
  let shown: string

  beforeAll(async () => {
    folder = mkdtempSync(projectPath('notebooks', 'test-launcher-'))
    shown = `notebooks/${basename(folder)}`
    lab = await openLab()
    await lab.page.goto(lab.address(`lab/tree/${shown}?reset`))
  })
  afterAll(async () => {
    await lab?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const openLauncher = async (): Promise<void> => {
    const { page } = lab
    if (!(await page.locator('.jp-Launcher').isVisible())) await page.keyboard.press('Control+Shift+L')
    await page.locator('.jp-Launcher').waitFor({ timeout: 280_000 })
  }
  const card = (name: string) => lab.page.locator('.jp-LauncherCard[data-category="Barlab"]', { hasText: new RegExp(`^\\s*${name}\\s*$`) })

  it('are those of npm run new, and say what each is', async () => {
    await openLauncher()
    await card('blank').waitFor({ timeout: 280_000 })
    const cards = lab.page.locator('.jp-LauncherCard[data-category="Barlab"]')
    const templates = notebookTemplates()
    expect((await cards.allInnerTexts()).map((text) => text.trim())).toEqual(templates.map(({ name }) => name))
    const titles = await cards.evaluateAll((all) => all.map((one) => one.getAttribute('title') ?? ''))
    for (const [i, { title }] of templates.entries()) expect(titles[i]).toContain(title)
    await keepLabPicture(lab.page, 'jupyterlab-launcher')
  })

  it.each([
    ['blank', 'my-study', 'src/notebook/templates/blank.ipynb'],
    ['blank', 'my-study-2', 'src/notebook/templates/blank.ipynb'],
    ['quickstart', 'my-quickstart', 'notebooks/quickstart.ipynb'],
  ])('%s makes %s.ipynb, the same as npm run new would, and opens it with our kernel', async (template, name, path) => {
    const { page } = lab
    await openLauncher()
    await card(template).click()
    await page.locator('.lm-TabBar-tab.lm-mod-current', { hasText: `${name}.ipynb` }).waitFor({ timeout: 280_000 })
    await page
      .locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-KernelName', { hasText: 'TypeScript (Barlab)' })
      .waitFor({ timeout: 280_000 })
    const made = readNotebook(join(folder, `${name}.ipynb`))
    const expected = fromTemplate(readNotebook(projectPath(path)), path, `${shown}/${name}.ipynb`)
    const plain = ({ cells }: typeof made) => cells.map((cell) => ({ ...cell, source: cellSource(cell) }))
    expect(plain(made)).toEqual(plain(expected))
    expect(made.metadata.kernelspec).toEqual(expected.metadata.kernelspec)
    expect(readdirSync(folder).filter((file) => /untitled/i.test(file))).toEqual([])
  })

  it('imports src/ from where the notebook lies', async () => {
    const { page } = lab
    const cell = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell').first()
    await cell.locator('.cm-content').click()
    await page.keyboard.press('Control+Enter')
    await cell.locator('.jp-InputPrompt', { hasText: '[1]:' }).waitFor({ timeout: 280_000 })
    expect(await cell.locator('.jp-OutputArea-output').count()).toBe(0)
  })
})
