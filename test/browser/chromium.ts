import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'

/** The browser of the system; CHROMIUM_PATH names another one. */
const executable = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

export const chromiumMissing = (): string | undefined =>
  existsSync(executable) ? undefined : `no browser at ${executable} (apt-get install chromium)`

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless browser with a profile of its own, which goes with it. */
export async function openChromium(viewport = { width: 1200, height: 1600 }): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'barlab-chromium-'))
  const context = await chromium.launchPersistentContext(profile, { executablePath: executable, headless: true, args: FLAGS, viewport })
  const close = context.close.bind(context)
  // Its processes write for a moment longer than the browser says that it lives.
  context.close = async (options) => {
    await close(options)
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
  return context
}
