import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const GATES = { seconds: 6, memory: 3 }
const here = dirname(fileURLToPath(import.meta.url))

/** The default feature set in a process of its own, for its peak memory: bars and what Node itself needs are part of it. The gate is on processor time. */
export function defaultSet(rows: number) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(here, 'default-set-child.ts'), String(rows)], {
    cwd: dirname(dirname(here)),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the child ended with ${status}\n${stderr}`)
  const measured = JSON.parse(stdout) as { features: number; cpuSeconds: number; seconds: number; peakMiB: number; outputMiB: number }
  const { cpuSeconds, peakMiB, outputMiB } = measured
  return { bars: rows, ...measured, gates: GATES, passed: cpuSeconds <= GATES.seconds && peakMiB / outputMiB <= GATES.memory }
}
