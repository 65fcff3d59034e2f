import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { EXIT } from '../src/core/index.js'
import { runDoor } from './door.js'

/** `npm test [-- --slow] [vitest arguments]`: set-up, then vitest; the last line is `N passed, N failed, N skipped`. */
await runDoor(async (args) => {
  const slow = args.includes('--slow')
  const { ensureSetup } = await import('../src/setup/index.js')
  await ensureSetup({})
  const folder = mkdtempSync(join(tmpdir(), 'barlab-test-'))
  const report = join(folder, 'report.json')
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const rest = args.filter((argument) => argument !== '--slow')
  try {
    const { status } = spawnSync(
      process.execPath,
      [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest],
      {
        stdio: 'inherit',
        env: { ...process.env, BARLAB_TEST_TIER: slow ? 'slow' : 'fast' },
      },
    )
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8')) as Record<
      string,
      number
    >
    // A suite that fails before its first test (an import error) counts no failed test: it must not read as success.
    const failed = numFailedTests === 0 && status !== 0 ? Math.max(1, numFailedTestSuites ?? 1) : numFailedTests
    process.stdout.write(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped\n`)
    return status === 0 ? EXIT.ok : EXIT.failed
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
