import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXIT } from '../src/core/index.js'
import type { SuiteRow } from '../test/gpu/suite.js'
import { openDoor } from './door.js'
import { runVitest } from './run-vitest.js'

const USAGE = `npm run test:gpu [-- options]     the suite of the card, then a table of what was measured

      --on-cpu              the same tests on the CPU path
      --json                for programs
`

const OPTIONS = { json: { type: 'boolean', default: false }, 'on-cpu': { type: 'boolean', default: false } } as const

/**
 * `npm run test:gpu [-- --json] [-- --on-cpu]`: the suite of the card, then a table of what was measured. Without a card it says so and ends well.
 * `--on-cpu` runs the same tests on the CPU path, which shows that they run. `--json`: the table for a program, on stdout alone.
 */
await openDoor({ name: 'test:gpu', usage: USAGE, options: OPTIONS, allowPositionals: false }, async ({ values }) => {
  const { ensureSetup } = await import('../src/setup/index.js')
  await ensureSetup({})
  process.env.BARLAB_GPU_SUITE = values['on-cpu'] ? 'cpu' : 'cuda'
  const { suiteMissing } = await import('../test/gpu/suite.js')
  const { findGpus } = await import('../src/runtime/index.js')
  const { readInstalled } = await import('../src/native/installed.js')
  const skipped = suiteMissing()
  const gpus = values['on-cpu'] ? [] : await findGpus()
  const machine = {
    card: gpus[0]?.name ?? 'none',
    driver: gpus[0]?.driver ?? 'none',
    tensorflow: readInstalled()?.tensorflow?.version ?? 'none',
  }
  if (skipped !== undefined) {
    process.stdout.write(values.json ? `${JSON.stringify({ suite: 'gpu', skipped, machine, rows: [] })}\n` : `skipped: ${skipped}\n`)
    return EXIT.ok
  }
  const folder = mkdtempSync(join(tmpdir(), 'barlab-gpu-rows-'))
  const file = join(folder, 'rows.jsonl')
  try {
    const { exitCode, summary } = runVitest({ tier: 'gpu', args: [], env: { BARLAB_GPU_ROWS: file }, stdout: !values.json })
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    const rows = lines.map((line) => JSON.parse(line) as SuiteRow)
    const device = values['on-cpu'] ? 'cpu (says nothing about a card)' : 'cuda'
    if (values.json) process.stdout.write(`${JSON.stringify({ suite: 'gpu', device, machine, summary, rows })}\n`)
    else process.stdout.write(`\n${table(device, machine, rows)}\n${summary}\n`)
    return exitCode
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function table(device: string, machine: Record<string, string>, rows: readonly SuiteRow[]): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  const body = rows.map(({ what, measured, limit = '' }) => `| ${what} | ${measured} | ${limit} |`)
  return [`device ${device}; ${facts.join(', ')}`, '', '| What | Measured | Limit |', '| --- | --- | --- |', ...body].join('\n')
}
