import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isAlive, processIdentity, projectPath } from '../../src/core/index.js'
import { jupyterEnv, KERNEL_NAME, labCommand } from '../../src/notebook/index.js'
import { chromiumMissing, openChromium } from './chromium.js'
import { keepLabPicture } from './pictures.js'

const jupyterMissing = existsSync(projectPath('.venv', 'bin', 'jupyter-lab')) ? undefined : 'no JupyterLab in .venv (npm run setup)'
const missing = jupyterMissing ?? chromiumMissing()
if (missing !== undefined) process.stderr.write(`skipped: JupyterLab in a browser: ${missing}\n`)

const CELLS = [
  `import { DISPLAY, displayBundle, startProgress } from '../../../src/core/index.js'`,
  `const figure = {
  [DISPLAY]: () => ({
    'application/vnd.plotly.v1+json': { data: [{ type: 'scatter', x: [1, 2, 3], y: [1, 3, 2] }], layout: { title: { text: 'A figure' } } },
    'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>',
    'text/plain': 'Figure',
  }),
}
figure`,
  `displayBundle({ 'text/html': '<table id="shown"><tr><td>cell of a table</td></tr></table>', 'text/plain': 'table' })`,
  `const bar = startProgress('fitting', 4)
for (let i = 1; i <= 4; i++) { bar.update(i); await new Promise((resolve) => setTimeout(resolve, 150)) }
bar.close('done')`,
  `interface Row { close: number }
function last(rows: Row[]): number {
  throw new RangeError('no rows: ' + rows.length)
}
last([])`,
]

function notebook(): string {
  const cells = CELLS.map((source, i) => ({ cell_type: 'code', id: `c${i}`, execution_count: null, metadata: {}, outputs: [], source }))
  const metadata = { kernelspec: { name: KERNEL_NAME, display_name: 'TypeScript (Barlab)', language: 'typescript' } }
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe.skipIf(missing !== undefined)('JupyterLab', () => {
  const token = randomBytes(16).toString('hex')
  let folder: string
  let server: ChildProcess
  let log = ''
  let url: string
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    // Below runs/, since JupyterLab does not open files in hidden folders.
    folder = mkdtempSync(projectPath('runs', 'test-lab-'))
    mkdirSync(join(folder, 'notebooks'))
    writeFileSync(join(folder, 'notebooks', 'small.ipynb'), notebook())
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const command = labCommand(['--no-browser', `--port=${port}`, `--IdentityProvider.token=${token}`])
    server = spawn(command.file, command.args, { cwd: command.cwd, env: command.env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (text: Buffer) => (log += text.toString()))
    await vi.waitFor(() => expect(log).toContain(`${url}/lab`), { timeout: 60_000, interval: 100 })
    context = await openChromium()
    page = await context.newPage()
  })

  afterAll(async () => {
    await context?.close()
    if (server !== undefined) {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      if (server.kill('SIGTERM')) await ended
    }
    rmSync(folder, { recursive: true, force: true })
  })

  it('lists the kernel by its name', () => {
    const list = execFileSync(projectPath('.venv', 'bin', 'jupyter'), ['kernelspec', 'list', '--json'], { env: jupyterEnv() })
    const { kernelspecs } = JSON.parse(list.toString()) as {
      kernelspecs: Record<string, { resource_dir: string; spec: { display_name: string } }>
    }
    expect(kernelspecs[KERNEL_NAME]?.spec.display_name).toBe('TypeScript (Barlab)')
    expect(kernelspecs[KERNEL_NAME]?.resource_dir).toBe(projectPath('src', 'notebook', 'kernel', 'jupyter', 'kernels', KERNEL_NAME))
    expect(readFileSync(projectPath('src/notebook/kernel/jupyter/kernels', KERNEL_NAME, 'kernel.json'), 'utf8')).not.toContain(
      projectPath(),
    )
  })

  it('runs a notebook: an interactive figure, a table, progress, an error with its TypeScript lines', async () => {
    const path = `runs/${basename(folder)}/notebooks/small.ipynb`
    await page.goto(`${url}/lab/tree/${path}?token=${token}`)
    await page.getByText('TypeScript (Barlab)').first().waitFor({ timeout: 60_000 })
    await page.locator('.jp-Notebook .jp-CodeCell').nth(4).waitFor()
    await page.locator('#jp-mainmenu-run, .lm-MenuBar-item:has-text("Run")').first().click()
    await page.locator('.lm-Menu-item', { hasText: 'Run All Cells' }).first().click()

    const error = page.locator(
      '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]',
    )
    await error.getByText('RangeError: no rows: 0').waitFor({ timeout: 60_000 })
    const text = await error.innerText()
    expect(text).toMatch(/at last \(cell 5, line 3\)/)
    expect(text).toMatch(/at cell 5, line 5/)
    expect(text).not.toContain(projectPath())

    await page.locator('.js-plotly-plot svg.main-svg').first().waitFor({ timeout: 60_000 })
    expect(await page.locator('.js-plotly-plot .scatterlayer .trace').count()).toBe(1)
    expect(await page.locator('table#shown td').innerText()).toBe('cell of a table')
    // One display, redrawn: not a line for every step.
    expect(await page.locator('.jp-OutputArea-output progress').count()).toBe(1)
    expect(await page.locator('.jp-OutputArea-output', { hasText: 'fitting 4/4' }).innerText()).toContain('done')

    await keepLabPicture(page, 'jupyterlab')
  })

  it('ends without leaving a kernel', async () => {
    const api = await context.request.get(`${url}/api/kernels?token=${token}`)
    const kernels = (await api.json()) as { name: string }[]
    expect(kernels.map((kernel) => kernel.name)).toEqual([KERNEL_NAME])
    const jupyter = processIdentity(server.pid)
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server.pid)])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number)
    const kernelProcesses = children.map((pid) => processIdentity(pid))
    expect(kernelProcesses.length).toBeGreaterThan(0)
    server.kill('SIGTERM')
    await expect.poll(() => [jupyter, ...kernelProcesses].some(isAlive), { timeout: 20_000 }).toBe(false)
  })
})

describe.skipIf(jupyterMissing !== undefined)('npm run lab', () => {
  it('ends in order when it is interrupted, Jupyter included', async () => {
    const port = await freePort()
    const door = spawn(
      process.execPath,
      ['--import', 'tsx', projectPath('test', 'fixtures', 'start-lab.ts'), '--no-browser', `--port=${port}`],
      { cwd: projectPath(), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let log = ''
    for (const stream of [door.stdout, door.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()))
    const ended = new Promise((resolve) => door.once('exit', (code, signal) => resolve(code ?? signal)))
    await vi.waitFor(() => expect(log).toContain(`127.0.0.1:${port}/lab`), { timeout: 60_000, interval: 100 })
    const [jupyter] = execFileSync('ps', ['-o', 'pid=', '--ppid', String(door.pid)])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number)
    const identity = processIdentity(jupyter)
    expect(isAlive(identity)).toBe(true)
    door.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(isAlive(identity)).toBe(false)
    expect(log).not.toContain('Dynamic require')
  })
})
