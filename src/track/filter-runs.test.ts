import { describe, expect, it } from 'vitest'
import { manualClock } from '../core/index.js'
import { filterRuns, type RunSummary } from './index.js'

const now = Date.UTC(2026, 10, 21, 12)
const run = (id: string, hoursAgo: number | undefined, more: Partial<RunSummary> = {}): RunSummary => ({
  ...{ id, folder: `/runs/${id}`, name: 'direction', status: 'ok', tags: [], notes: 0, problems: [] },
  ...(hoursAgo !== undefined && { startedAt: new Date(now - hoursAgo * 3_600_000).toISOString() }),
  ...more,
})
const runs = [
  run('a', 1, { tags: ['keep', 'btc'], kind: 'pipeline' }),
  run('b', 13, { name: 'lstm', status: 'failed', tags: ['btc'], kind: 'notebook' }),
  run('c', 200),
  run('d', undefined, { status: 'unreadable', name: 'd' }),
]
const ids = (filter: Parameters<typeof filterRuns>[1]): string =>
  filterRuns(runs, filter, manualClock(now))
    .map(({ id }) => id)
    .join('')

describe('filterRuns', () => {
  it('lets pass what fulfils every part', () => {
    expect(ids({})).toBe('abcd')
    expect(ids({ name: 'dir' })).toBe('ac')
    expect(ids({ status: ['failed', 'unreadable'] })).toBe('bd')
    expect(ids({ tag: ['btc'] })).toBe('ab')
    expect(ids({ kind: ['pipeline'] })).toBe('a')
    expect(ids({ kind: ['pipeline', 'notebook'] })).toBe('ab')
    expect(ids({ tag: ['btc', 'keep'], status: ['ok'] })).toBe('a')
  })

  it('knows dates in UTC and times back from now', () => {
    expect(ids({ since: '12h' })).toBe('a')
    expect(ids({ since: '2d' })).toBe('ab')
    expect(ids({ since: '90m' })).toBe('a')
    expect(ids({ since: '2026-11-21' })).toBe('a')
    expect(ids({ since: '2026-11-20 23:01' })).toBe('a')
    expect(ids({ since: '2026-11-20T22:59Z' })).toBe('ab')
    expect(ids({ since: '2020-01-01' })).toBe('abc')
  })

  it('names what it does not know', () => {
    expect(() => ids({ status: ['fialed'] })).toThrow(
      expect.objectContaining({ code: 'bad-status', help: 'did you mean failed?', exitCode: 2 }) as Error,
    )
    expect(() => ids({ kind: ['pipelin'] })).toThrow(
      expect.objectContaining({ code: 'bad-kind', help: 'did you mean pipeline?', exitCode: 2 }) as Error,
    )
    for (const since of ['yesterday', '7 days', '2026-13-45', '']) expect(() => ids({ since }), since).toThrow(/no moment/)
  })
})
