import { describe, expect, it } from 'vitest'
import type { GpuAnswer } from './gpu-child.js'
import { DEVICE, inChild, report, suiteMissing, WITHOUT_TF32 } from './suite.js'

/** Largest difference of a probability: rounding grows through some 70 updates. */
const NEAR = 0.02

describe.skipIf(suiteMissing() !== undefined)(`a deep ensemble on ${DEVICE}`, () => {
  const run = (device: 'cpu' | 'cuda', member: 'mlp' | 'lstm', members: number, env?: Record<string, string>): Promise<GpuAnswer> =>
    inChild<GpuAnswer>({ kind: 'ensemble', device, member, members }, env)

  it.each(['mlp', 'lstm'] as const)('of %s members predicts what it does on the CPU', async (member) => {
    const [ours, cpu] = [await run(DEVICE, member, 3, WITHOUT_TF32), await run('cpu', member, 3)]
    expect(ours.facts.inForce).toBe(DEVICE)
    const difference = Math.max(...ours.ensemble!.proba.map((p, i) => Math.abs(p - cpu.ensemble!.proba[i]!)))
    report({
      what: `probabilities of 3 ${member} members against the CPU, without TF32`,
      measured: difference.toExponential(1),
      limit: String(NEAR),
    })
    expect(difference).toBeLessThan(NEAR)
    expect(Math.max(...ours.ensemble!.spread)).toBeGreaterThan(0.01)
  })

  it('of many MLPs costs far less than as many single ones', async () => {
    const [few, many] = [await run(DEVICE, 'mlp', 2), await run(DEVICE, 'mlp', 32)]
    const ratio = many.ensemble!.fitMs / few.ensemble!.fitMs
    report({
      what: `fit of 32 MLP members against 2 (${many.ensemble!.backend})`,
      measured: `${ratio.toFixed(1)} times`,
      limit: '16 times',
    })
    expect(ratio).toBeLessThan(16)
  })
})
