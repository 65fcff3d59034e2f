import { existsSync, mkdtempSync } from 'node:fs'
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

/** A headless browser with a profile of its own. */
export function openChromium(viewport = { width: 1200, height: 1600 }): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'barlab-chromium-'))
  return chromium.launchPersistentContext(profile, { executablePath: executable, headless: true, args: FLAGS, viewport })
}
