import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { projectPath } from '../../src/core/index.js'

export interface PictureOptions {
  /** The whole page, not only what fits on the screen. */
  readonly fullPage?: boolean
  /** Default: the folder that BARLAB_SCREENSHOTS names; none: no picture. */
  readonly folder?: string | undefined
}

/** Keeps a picture of a page for the eye, as `<name>.png`. */
export async function keepPicture(page: Page, name: string, options: PictureOptions = {}): Promise<void> {
  const { fullPage = false, folder = process.env.BARLAB_SCREENSHOTS } = options
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
}

/** The same of a page of JupyterLab: kept in any case, in `.cache/screenshots` unless BARLAB_SCREENSHOTS names a folder. */
export const keepLabPicture = (page: Page, name: string): Promise<void> =>
  keepPicture(page, name, { folder: process.env.BARLAB_SCREENSHOTS ?? projectPath('.cache', 'screenshots') })
