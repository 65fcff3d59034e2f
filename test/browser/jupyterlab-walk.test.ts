import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { projectPath } from '../../src/core/index.js'
import { fromTemplate } from '../../src/notebook/kernel/jupyter/labextensions/barlab-launcher/static/from-template.mjs'
import { cellSource, KERNEL_NAME, readNotebook, type Cell, type Notebook } from '../../src/notebook/index.js'
import { whileFitsAreHeld } from './hold-workers.js'
import { labMissing, openLab, type OpenLab } from './lab.js'
import { keepLabPicture } from './pictures.js'

const missing = labMissing()
if (missing !== undefined) process.stderr.write(`skipped: a walk through JupyterLab: ${missing}\n`)

/** Fits that take a while beside some that take none, so that there is a moment to press stop when some are finished and one is amid its epochs. Each epoch is an event of the run. */
const TRAINING = [
  `import { FeatureEngineer, directionLabels, directionModels, directionSplit, fitCheckpointPlan, fitFolds, loadBars, makeConfig, openRun } from '../../src/index.js'`,
  `const run = await openRun({ name: 'walk', seed: 7, parameters: { horizon: 4 } })`,
  `const { bars } = await loadBars({ dataset: 'googl-1d' })
const X = new FeatureEngineer({ groups: ['momentum'] }).fitTransform(bars)
const config = makeConfig({ training: { checkpoints: { frequency: '1 epochs' }, optimization: { early_stopping: { patience: EPOCHS } } } })
const labels = directionLabels(bars, { horizonBars: 4 })
const models = directionModels(['logistic', 'lstm'], EPOCHS, config)
const split = directionSplit({ bars, X, labels, models, folds: 2, testSize: 0.3, config })`,
  `const fits = await fitFolds({
  ...{ runFolder: run.folder, X, y: labels.y, folds: split.folds, models, seed: 7, threadsPerFit: 1, workers: 2, device: 'cpu', requireDevice: false },
  checkpoints: fitCheckpointPlan(config)!,
  onEvent: (event) => {
    const { type, fold, model } = event
    if (type === 'fit-started' || type === 'fit-reused' || type === 'fit-finished') run.event(type, { fold, model })
    if (type === 'fit-progress') run.event('epoch', { fold, model, step: event.progress.step })
    if (type === 'fit-notice') run.event(event.notice.type, { fold, model })
  },
})
'reused: ' + fits.filter((fit) => fit.reused).map((fit) => fit.model + ' ' + fit.fold).join(', ') + '; all: ' + fits.length`,
]
/** So many that many are left when the second has been written and stop is pressed. */
const EPOCHS = 40

function notebookOf(sources: readonly string[]): Notebook {
  const cells = sources.map((source, i): Cell => ({
    cell_type: 'code',
    id: `c${i}`,
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }))
  return {
    ...{ nbformat: 4, nbformat_minor: 5, cells },
    metadata: { kernelspec: { name: KERNEL_NAME, display_name: 'TypeScript (Barlab)', language: 'typescript' } },
  }
}

/** The quickstart as `npm run new` would make it, on a dataset that is small. */
function smallQuickstart(path: string): Notebook {
  const made = fromTemplate(readNotebook(projectPath('notebooks', 'quickstart.ipynb')), 'notebooks/quickstart.ipynb', path)
  return { ...made, cells: made.cells.map((cell) => ({ ...cell, source: cellSource(cell).replace("'btc-usd-1h'", "'googl-1d'") })) }
}

interface LstmEvent {
  readonly type: string
  readonly fold: number
  readonly model: string
  readonly step?: number
}

/** What the runs' events say of the LSTM, in order. */
const lstmEvents = (runs: readonly string[]): LstmEvent[] =>
  runs
    .map((run) => join(run, 'events.jsonl'))
    .flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []))
    // The last line may be one that is being written.
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as LstmEvent)
    .filter(({ model }) => model === 'lstm')

/** For each fold: the epochs of each attempt, and whether it went on from a checkpoint. */
function attemptsByFold(events: readonly LstmEvent[]): { epochs: number[]; resumed: boolean }[][] {
  const folds: { epochs: number[]; resumed: boolean }[][] = []
  for (const { type, fold, step } of events) {
    const attempts = (folds[fold] ??= [])
    if (type === 'fit-started') attempts.push({ epochs: [], resumed: false })
    if (type === 'checkpoint-resumed') attempts.at(-1)!.resumed = true
    if (type === 'epoch') attempts.at(-1)!.epochs.push(step!)
  }
  return folds
}

describe.skipIf(missing !== undefined)('a walk through JupyterLab', { timeout: 300_000 }, () => {
  let lab: OpenLab
  let folder: string
  let runs: string
  let began: number

  beforeAll(async () => {
    folder = mkdtempSync(projectPath('notebooks', 'test-walk-'))
    runs = mkdtempSync(projectPath('runs', '.test-walk-'))
    writeFileSync(join(folder, 'quickstart.ipynb'), JSON.stringify(smallQuickstart(`notebooks/${basename(folder)}/quickstart.ipynb`)))
    writeFileSync(
      join(folder, 'training.ipynb'),
      JSON.stringify(notebookOf(TRAINING.map((cell) => cell.replaceAll('EPOCHS', String(EPOCHS))))),
    )
    began = performance.now()
    lab = await openLab({ BARLAB_RUNS_DIR: runs })
  })
  afterAll(async () => {
    await lab?.close()
    for (const one of [folder, runs]) rmSync(one, { recursive: true, force: true })
  })

  const limit = { timeout: 280_000 }
  const shoot = (name: string) => keepLabPicture(lab.page, `walk-${name}`)
  const panel = () => lab.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)')
  const code = (i: number): Locator => panel().locator('.jp-CodeCell').nth(i)
  const executed = (i: number): Promise<void> =>
    code(i)
      .locator('.jp-InputPrompt', { hasText: /\[\d+\]:/ })
      .waitFor(limit)
  const idle = () => lab.page.getByText('TypeScript (Barlab) | Idle').waitFor(limit)
  const outputs = (i: number) => code(i).locator('.jp-OutputArea-output')
  const menu = async (name: string, item: string): Promise<void> => {
    await lab.page.locator('.lm-MenuBar-item', { hasText: name }).first().click()
    await lab.page.locator('.lm-Menu-item', { hasText: item }).first().click()
  }
  /** Opens a notebook by the address of its file, as a link or the file browser does. */
  const open = async (name: string): Promise<void> => {
    await lab.page.goto(lab.address(`lab/tree/notebooks/${basename(folder)}/${name}.ipynb?reset`))
    await panel().waitFor(limit)
    await idle()
  }

  it('opens the quickstart and runs it by Shift+Enter, from its heading to its last code cell', async () => {
    const { page } = lab
    await open('quickstart')
    const active = () =>
      panel()
        .locator('.jp-Notebook .jp-Cell')
        .evaluateAll((cells) => cells.findIndex((cell) => cell.classList.contains('jp-mod-active')))
    // Once with the mouse, so that the notebook has the keyboard; then up to the heading.
    await code(0).locator('.cm-content').click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowUp')
    await expect.poll(active, limit).toBe(0)
    const cells = readNotebook(join(folder, 'quickstart.ipynb')).cells.map(({ cell_type }) => cell_type)
    const lastCode = cells.lastIndexOf('code')
    let ran = 0
    for (const [i, type] of cells.slice(0, lastCode + 1).entries()) {
      await page.keyboard.press('Shift+Enter')
      await expect.poll(active, limit).toBe(i + 1)
      if (type !== 'code') continue
      await executed(ran)
      if (ran === 0) process.stdout.write(`npm run lab to the first executed cell: ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
      ran++
      expect(
        await code(ran - 1)
          .locator('.jp-InputPrompt')
          .textContent(),
      ).toBe(`[${ran}]:`)
    }
    expect(ran).toBe(await panel().locator('.jp-CodeCell').count())
    expect(await outputs(0).count()).toBe(0)
  })

  it('has then shown tables and charts that answer the mouse', async () => {
    const { page } = lab
    expect(
      await panel().locator('[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]').count(),
    ).toBe(0)
    const chart = code(3).locator('.js-plotly-plot')
    await chart.scrollIntoViewIfNeeded()
    await chart.locator('svg.main-svg').first().waitFor(limit)
    await shoot('quickstart')
    const area = (await chart.locator('.nsewdrag').first().boundingBox())!
    await expect
      .poll(async () => {
        await page.mouse.move(area.x + area.width * 0.6 + Math.random() * 4, area.y + area.height / 2)
        return (await chart.locator('.hoverlayer').textContent()) ?? ''
      }, limit)
      .toMatch(/open: [\d,.]+/)
    await shoot('hover')
    const range = () =>
      chart.evaluate((node) => JSON.stringify((node as unknown as { _fullLayout: { xaxis: { range: unknown } } })._fullLayout.xaxis.range))
    const before = await range()
    await page.mouse.move(area.x + area.width * 0.3, area.y + area.height / 2)
    await page.mouse.down()
    await page.mouse.move(area.x + area.width * 0.6, area.y + area.height / 2, { steps: 5 })
    await page.mouse.up()
    await expect.poll(range, limit).not.toBe(before)
    await shoot('zoom')
  })

  it('takes a changed parameter into the cells below', async () => {
    const { page } = lab
    const parameters = code(1).locator('.cm-content')
    await parameters.click()
    const changed = (await parameters.innerText()).replace('horizon = 4', 'horizon = 6')
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(changed)
    await page.keyboard.press('Control+Enter')
    await idle()
    await menu('Run', 'Run All Cells')
    const last = (await panel().locator('.jp-CodeCell').count()) - 1
    const count = async () => Number(/\d+/.exec(await code(last).locator('.jp-InputPrompt').innerText())?.[0] ?? 0)
    await expect.poll(count, limit).toBeGreaterThan(2 * last)
    await vi.waitFor(() => {
      const made = readdirSync(runs).filter((name) => name.includes('quickstart'))
      expect(made.length).toBe(2)
    }, limit)
  })

  it('stops a training by I, I, restarts by 0, 0, and goes on with what was finished', async () => {
    const { page } = lab
    await open('training')
    await menu('Run', 'Run All Cells')
    const walks = (): string[] =>
      readdirSync(runs)
        .filter((name) => name.includes('walk'))
        .map((name) => join(runs, name))
    const finished = (): string[] =>
      walks()
        .flatMap((run) => (existsSync(join(run, 'fits')) ? readdirSync(join(run, 'fits')).map((fit) => join(run, 'fits', fit)) : []))
        .filter((fit) => existsSync(join(fit, 'fit.json')))
    await vi.waitFor(
      () => {
        expect(finished().length).toBeGreaterThan(0)
        expect(lstmEvents(walks()).some(({ type, step = 0 }) => type === 'epoch' && step >= 2)).toBe(true)
      },
      { ...limit, interval: 20 },
    )
    await whileFitsAreHeld(runs, async () => {
      const told = page.waitForResponse(/\/api\/kernels\/[^/]+\/interrupt/, limit)
      await page.locator('.jp-Notebook').first().focus()
      await page.keyboard.press('Escape')
      await page.keyboard.press('i')
      await page.keyboard.press('i')
      await told
    })
    await outputs(3).getByText('The cell was interrupted.').waitFor(limit)
    await executed(3)
    await idle()
    await shoot('interrupted')
    expect(await outputs(3).innerText()).toMatch(
      /stopped: {2}fit of (lstm|logistic) in fold \d[\s\S]*run the cell again: what was finished is kept/,
    )
    const kept = finished().length

    await page.keyboard.press('0')
    await page.keyboard.press('0')
    await page.locator('.jp-Dialog').waitFor(limit)
    await page.keyboard.press('Enter')
    await page.locator('.jp-Dialog').waitFor({ ...limit, state: 'detached' })
    await idle()
    await menu('Run', 'Run All Cells')
    await outputs(1)
      .getByText(/Going on with run \S+walk-/)
      .waitFor(limit)
    await outputs(3)
      .getByText(/reused: .+; all: 4/)
      .waitFor(limit)
    await shoot('resumed')
    const [, reused] = /reused: (.*); all/.exec(await outputs(3).last().innerText())!
    expect(reused!.split(', ').length).toBe(kept)
    expect(walks().length).toBe(1)

    // Each LSTM that was amid its epochs went on after the last of them, and did the rest.
    const attempts = attemptsByFold(lstmEvents(walks()))
    const broken = attempts.filter(([first]) => first!.epochs.length > 0 && first!.epochs.at(-1)! < EPOCHS)
    expect(broken.length).toBeGreaterThan(0)
    for (const [first, second, ...more] of broken) {
      process.stdout.write(`an LSTM was stopped after epoch ${first!.epochs.at(-1)} of ${EPOCHS} and went on with ${second?.epochs[0]}\n`)
      expect(more).toEqual([])
      expect(first!.epochs[0]).toBe(1)
      expect(second!.resumed).toBe(true)
      expect(second!.epochs[0]).toBeGreaterThan(first!.epochs.at(-1)!)
      expect(second!.epochs.at(-1)).toBe(EPOCHS)
    }
  })
})
