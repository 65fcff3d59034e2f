import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes the reader of how busy the machine's cores were since the call before, 0 to 1 over all cores and programs. Undefined at the first call, when nothing
 * has passed, and where there is no /proc/stat.
 */
export function cpuLoadReader(root = '/'): () => number | undefined {
  let before = readTimes(root)
  return () => {
    const now = readTimes(root)
    const [busy, total] = now === undefined || before === undefined ? [0, 0] : [now.busy - before.busy, now.total - before.total]
    before = now
    return total > 0 ? Math.min(1, Math.max(0, busy / total)) : undefined
  }
}

/** First line of /proc/stat: `cpu user nice system idle iowait irq softirq steal guest guest_nice`, in ticks; guest is already in user. */
function readTimes(root: string): { busy: number; total: number } | undefined {
  let text: string
  try {
    text = readFileSync(join(root, 'proc/stat'), 'utf8')
  } catch {
    return undefined
  }
  const ticks = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.split(' ').slice(0, 8).map(Number)
  if (ticks === undefined || ticks.length < 4) return undefined
  const total = ticks.reduce((a, b) => a + b, 0)
  return { busy: total - ticks[3]! - (ticks[4] ?? 0), total }
}
