import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { projectPath } from '../../src/core/index.js'
import { chromiumMissing, openChromium } from './chromium.js'

/** Why there is no JupyterLab in a browser here; undefined where there is. */
export const labMissing = (): string | undefined =>
  existsSync(projectPath('.venv', 'bin', 'jupyter-lab')) ? chromiumMissing() : 'no JupyterLab in .venv (npm run setup)'

export interface OpenLab {
  readonly page: Page
  readonly context: BrowserContext
  /** Address of a page of JupyterLab: `address('lab/tree/notebooks')`. */
  address(path: string): string
  close(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What `npm run lab` starts, on a port of its own with a browser in front of it. @param env beside that of the process */
export async function openLab(env: NodeJS.ProcessEnv = {}): Promise<OpenLab> {
  const [port, token] = [await freePort(), randomBytes(16).toString('hex')]
  const args = ['--no-browser', `--port=${port}`, `--IdentityProvider.token=${token}`]
  const door = spawn(process.execPath, ['--import', 'tsx', projectPath('scripts', 'lab.ts'), ...args], {
    cwd: projectPath(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  const ended = new Promise<void>((resolve) => door.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    for (const stream of [door.stdout, door.stderr])
      stream.on('data', (text: Buffer) => {
        log += text.toString()
        if (log.includes(`127.0.0.1:${port}/lab`)) resolve()
      })
    door.once('exit', () => reject(new Error(`JupyterLab did not start:\n${log}`)))
  })
  const context = await openChromium({ width: 1400, height: 1000 })
  return {
    context,
    page: await context.newPage(),
    address: (path) => `http://127.0.0.1:${port}/${path}${path.includes('?') ? '&' : '?'}token=${token}`,
    async close() {
      await context.close()
      door.kill('SIGTERM')
      await ended
    },
  }
}
