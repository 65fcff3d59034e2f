import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'

/** Gives each test of the file an empty runs folder of its own; returns its path. */
export function useRunsFolder(): () => string {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'barlab-runs-'))
    vi.stubEnv('BARLAB_RUNS_DIR', folder)
    vi.stubEnv('BARLAB_RUN_FOLDER', '')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })
  return () => folder
}

/** Owner of a run whose process has ended. */
export const GONE = { startTicks: '1' }
