import { describe, expect, it } from 'vitest'
import { honestSteps, leakySteps } from '../../test/fixtures/leaky-steps.js'
import { market, range } from '../../test/fixtures/market.js'
import { checkFittedStep } from './fitted-step-leaks.js'
import { assertNoLeaks } from './leak-certificate.js'

const { X, y } = market(300, 4)
const rows = range(20, 200)

describe('checkFittedStep', () => {
  it.each(leakySteps.map((step) => [step.name, step] as const))('catches %s', (_name, step) => {
    const { leaks } = checkFittedStep({ step, X, rows, y })
    expect(leaks).toHaveLength(1)
    expect(leaks[0]!.evidence).toBe('other rows altered')
    expect(() => assertNoLeaks(checkFittedStep({ step, X, rows, y }))).toThrow(expect.objectContaining({ code: 'look-ahead' }) as Error)
  })

  it.each(honestSteps.map((step) => [step.name, step] as const))('passes %s of the training rows', (_name, step) => {
    const { leaks, methods } = checkFittedStep({ step, X, rows, y })
    expect(leaks).toEqual([])
    expect(methods.map(({ name, points }) => [name, points])).toEqual([
      ['other rows altered', 120],
      ['other rows missing', 120],
      ['other rows removed', 120],
    ])
  })

  it('names what changed, and a fit that fails without the other rows', () => {
    const found = checkFittedStep({ step: leakySteps[0]!, X, rows }).leaks[0]!
    expect(found.detail).toBe('mean[0] (feature_0) is learned from them, with 8 of 8 learned values changed')
    const fussy = {
      name: 'fussy',
      fit: ({ values }: typeof X) => {
        if (values.some(Number.isNaN)) throw new Error('a value is missing')
        return 1
      },
    }
    expect(checkFittedStep({ step: fussy, X, rows }).leaks[0]).toMatchObject({
      evidence: 'other rows missing',
      detail: 'fit fails: a value is missing',
    })
  })

  it('refuses what cannot be checked', () => {
    const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
    expect(() => checkFittedStep({ step: { name: 'silent', fit: () => () => 1 }, X, rows })).toThrow(thrown('bad-fitted-step'))
    expect(() => checkFittedStep({ step: honestSteps[0]!, X, rows: new Int32Array() })).toThrow(thrown('no-rows'))
  })
})
