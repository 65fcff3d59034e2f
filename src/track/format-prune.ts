import type { PrunePlan } from './prune-plan.js'
import type { PruneResult } from './prune-runs.js'

/** `1.4 GB`, `24.4 MB`, `812 kB`, `96 bytes`. */
export function formatBytes(bytes: number): string {
  const units = [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const
  const [unit, size] = units.find(([, least]) => bytes >= least) ?? ['bytes', 1]
  return `${size < 1e6 ? Math.round(bytes / size) : (bytes / size).toFixed(1)} ${unit}`
}

/** What would go, run by run with its size, what stays and why, and what to type. */
export function formatPrunePlan({ items, spared, bytes, modelsOnly }: PrunePlan, leftBehind: number): string {
  const stays = spared.map(({ run, reason }) => `stays: ${run.id} (${reason})`)
  const left = leftBehind === 0 ? [] : [`left behind by a prune that was killed: ${formatBytes(leftBehind)}`]
  if (items.length === 0) return ['Nothing to prune.', ...stays, ...left].join('\n')
  const width = Math.max(...items.map(({ run }) => run.id.length))
  const sizes = Math.max(...items.map((item) => formatBytes(item.bytes).length))
  const lines = items.map(
    ({ run, bytes: size }) => `${run.id.padEnd(width)}  ${formatBytes(size).padStart(sizes)}  ${run.status}${ofTags(run.tags)}`,
  )
  const what = `${items.length} ${items.length === 1 ? 'run' : 'runs'}`
  const total = modelsOnly ? `fitted models of ${what}, ${formatBytes(bytes)}` : `${what}, ${formatBytes(bytes)}`
  return [...lines, ...stays, ...left, `would go: ${total}. Nothing was deleted; add --yes to do it.`].join('\n')
}

const ofTags = (tags: readonly string[]): string => (tags.length === 0 ? '' : `, tagged ${tags.join(' ')}`)

/** What went. */
export function formatPruneResult({ removed, spared }: PruneResult, modelsOnly: boolean): string {
  const bytes = removed.reduce((sum, item) => sum + item.bytes, 0)
  const what = `${removed.length} ${removed.length === 1 ? 'run' : 'runs'}`
  return [
    ...spared.map(({ id, reason }) => `stays: ${id} (${reason})`),
    `${modelsOnly ? 'fitted models of ' : ''}${what} deleted, ${formatBytes(bytes)} freed`,
  ].join('\n')
}
