import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeConfig } from '../../config/index.js'
import {
  checkMemoryPolicy,
  DEFAULT_MEMORY_POLICY,
  MEMORY_LEVELS,
  memoryLevels,
  memoryPlan,
  nextMemoryLevel,
  thresholdOf,
  type MemoryLevel,
  type MemoryPolicy,
} from '../index.js'

const rank = (level: MemoryLevel): number => MEMORY_LEVELS.indexOf(level)
const share = fc.double({ min: 0.01, max: 1, noNaN: true })
const threshold = fc.record({ share, bytes: fc.double({ min: 1, max: 2000, noNaN: true }) }, { requiredKeys: ['share'] })
const policies: fc.Arbitrary<MemoryPolicy> = fc.record({
  warn: threshold,
  shrink: threshold,
  stop: threshold,
  margin: fc.double({ min: 0, max: 0.5, noNaN: true }),
})
const level = fc.constantFrom(...MEMORY_LEVELS)
const amount = fc.double({ min: 0, max: 3000, noNaN: true })

describe('the memory policy', () => {
  it('rises at once and falls below the margin', () => {
    const used = [10, 79, 80, 96, 91, 86, 84, 77, 75, 94, 0]
    expect(memoryLevels(used.map((value) => ({ used: value, limit: 100 })))).toEqual([
      'ok',
      'ok',
      'warn',
      'stop',
      'stop',
      'shrink',
      'warn',
      'warn',
      'ok',
      'shrink',
      'ok',
    ])
  })

  it('takes bytes where they are less than the share, and never begins a level before a lower one', () => {
    const policy = { ...DEFAULT_MEMORY_POLICY, warn: { share: 0.8, bytes: 60 }, stop: { share: 0.85 } }
    const begin = (limit: number): number[] => (['warn', 'shrink', 'stop'] as const).map((name) => thresholdOf(policy, name, limit))
    expect(begin(100)).toEqual([60, 85, 85])
    expect(begin(50)).toEqual([40, 42.5, 42.5])
  })

  it('is never lower for more use, a smaller limit, or a higher level before', () => {
    fc.assert(
      fc.property(policies, level, level, amount, amount, amount, amount, (policy, a, b, used1, used2, limit1, limit2) => {
        const [lower, higher] = rank(a) <= rank(b) ? [a, b] : [b, a]
        const mild = nextMemoryLevel(lower, { used: Math.min(used1, used2), limit: Math.max(limit1, limit2) }, policy)
        const hard = nextMemoryLevel(higher, { used: Math.max(used1, used2), limit: Math.min(limit1, limit2) }, policy)
        expect(rank(hard)).toBeGreaterThanOrEqual(rank(mild))
      }),
      { numRuns: 1000 },
    )
  })

  it('says the same again for the same reading', () => {
    fc.assert(
      fc.property(policies, level, amount, amount, (policy, before, used, limit) => {
        const once = nextMemoryLevel(before, { used, limit }, policy)
        expect(nextMemoryLevel(once, { used, limit }, policy)).toBe(once)
      }),
    )
  })

  it('changes at most once while use moves within the margin of a threshold', () => {
    const name = fc.constantFrom('warn' as const, 'shrink' as const, 'stop' as const)
    fc.assert(
      fc.property(name, fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 }), (which, wobble) => {
        // Thresholds far apart, so that only one of them is near.
        const policy = { warn: { share: 0.3 }, shrink: { share: 0.6 }, stop: { share: 0.9 }, margin: 0.05 }
        const centre = policy[which].share * 1000 * 0.98
        const levels = memoryLevels(
          wobble.map((part) => ({ used: centre * (1 + 0.02 * part + 0.005), limit: 1000 })),
          policy,
        )
        const changes = levels.slice(1).filter((after, i) => after !== levels[i]).length
        expect(changes).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('holds a level against an unreadable figure, and asks nothing of who holds nothing', () => {
    expect(nextMemoryLevel('shrink', { used: NaN, limit: 100 }, DEFAULT_MEMORY_POLICY)).toBe('shrink')
    expect(nextMemoryLevel('warn', { used: 5, limit: NaN }, DEFAULT_MEMORY_POLICY)).toBe('warn')
    expect(nextMemoryLevel('ok', { used: 0, limit: 0 }, DEFAULT_MEMORY_POLICY)).toBe('ok')
    expect(nextMemoryLevel('ok', { used: 1, limit: 0 }, DEFAULT_MEMORY_POLICY)).toBe('stop')
  })

  it('refuses thresholds that cannot be meant', () => {
    for (const wrong of [
      { warn: { share: 0 } },
      { stop: { share: 1.2 } },
      { shrink: { share: 0.9, bytes: 0 } },
      { margin: 1 },
      { margin: NaN },
    ])
      expect(() => checkMemoryPolicy({ ...DEFAULT_MEMORY_POLICY, ...wrong })).toThrow(
        expect.objectContaining({ code: 'bad-memory-policy' }) as Error,
      )
  })
})

describe('the plan of a configuration', () => {
  it('reads limit and thresholds; one GB is 2^30 bytes', () => {
    const plan = memoryPlan(makeConfig())
    expect(plan).toEqual({
      maxBytes: 8 * 2 ** 30,
      hostPolicy: { ...DEFAULT_MEMORY_POLICY, warn: { share: 0.8, bytes: 6 * 2 ** 30 } },
      gpuPolicy: DEFAULT_MEMORY_POLICY,
      cpuThreshold: 0.9,
    })
  })

  it('goes without where the configuration says null', () => {
    const config = makeConfig({
      resources: { max_memory_gb: null },
      monitoring: { memory_threshold_gb: null, cpu_threshold_percent: null },
    })
    expect(memoryPlan(config)).toEqual({
      maxBytes: undefined,
      hostPolicy: DEFAULT_MEMORY_POLICY,
      gpuPolicy: DEFAULT_MEMORY_POLICY,
      cpuThreshold: undefined,
    })
  })

  it('has its shares in order', () => {
    expect(() => makeConfig({ monitoring: { memory_warn_share: 0.95, memory_shrink_share: 0.9 } })).toThrow(
      expect.objectContaining({ code: 'bad-config' }) as Error,
    )
  })
})
