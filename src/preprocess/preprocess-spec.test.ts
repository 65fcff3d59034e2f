import { describe, expect, it } from 'vitest'
import { parsePreprocessSpec } from './preprocess-spec.js'

const refused = (input: unknown): { code: string; received: string; help: string; expected: string } => {
  try {
    parsePreprocessSpec(input)
  } catch (error) {
    return error as { code: string; received: string; help: string; expected: string }
  }
  throw new Error('was accepted')
}

describe('parsePreprocessSpec', () => {
  it('writes every default out, equal for equal meaning', () => {
    expect(parsePreprocessSpec()).toEqual({
      dropConstant: null,
      dropCorrelated: null,
      missing: { policy: 'reject' },
      winsorise: null,
      scaler: { kind: 'standard' },
    })
    expect(parsePreprocessSpec({}, 'none').scaler).toEqual({ kind: 'none' })
    const short = { dropConstant: {}, dropCorrelated: {}, missing: 'forward-fill', winsorise: {}, scaler: 'minmax' }
    const spec = parsePreprocessSpec(short)
    expect(spec).toEqual({
      dropConstant: { maxShare: 1, minVariance: 0 },
      dropCorrelated: { threshold: 0.98, method: 'pearson', order: 'given' },
      missing: { policy: 'forward-fill', maxAgeRows: 1, indicators: false },
      winsorise: { lower: 0.005, upper: 0.995 },
      scaler: { kind: 'minmax', range: [-1, 1] },
    })
    expect(parsePreprocessSpec(spec)).toEqual(spec)
    expect(parsePreprocessSpec({ ...spec, winsorise: undefined }).winsorise).toBeNull()
  })

  it('names the nearest of an unknown setting, at every level', () => {
    expect(refused({ scalar: 'robust' })).toMatchObject({
      code: 'unknown-parameter',
      received: 'preprocess.scalar',
      help: 'did you mean scaler?',
    })
    expect(refused({ dropCorrelated: { treshold: 0.9 } })).toMatchObject({
      code: 'unknown-parameter',
      received: 'preprocess.dropCorrelated.treshold',
      help: 'did you mean threshold?',
    })
    expect(refused({ scaler: { kind: 'standard', range: [0, 1] } })).toMatchObject({ code: 'unknown-parameter', expected: 'kind' })
    expect(refused({ scaler: 'robustt' })).toMatchObject({ code: 'bad-parameter', help: 'did you mean robust?' })
    expect(refused({ missing: 'forwardfill' })).toMatchObject({ code: 'bad-parameter', help: 'did you mean forward-fill?' })
  })

  it('says what a value must be', () => {
    const cases: [unknown, string, string][] = [
      [{ dropCorrelated: { threshold: 1 } }, 'preprocess.dropCorrelated.threshold = 1', 'a correlation above 0, below 1'],
      [{ dropCorrelated: 0.9 }, 'preprocess.dropCorrelated = 0.9', 'a section with keys'],
      [{ dropCorrelated: { order: 'importance' } }, 'preprocess.dropCorrelated.importance = undefined', 'order "importance" together'],
      [{ dropConstant: { maxShare: 0 } }, 'preprocess.dropConstant.maxShare = 0', 'a share above 0'],
      [{ winsorise: { lower: 0.9, upper: 0.1 } }, 'preprocess.winsorise = {"lower":0.9,"upper":0.1}', 'a lower share below'],
      [{ missing: { policy: 'forward-fill', maxAgeRows: 0 } }, 'preprocess.missing.maxAgeRows = 0', 'at least 1'],
      [{ missing: {} }, 'preprocess.missing.policy = undefined', 'one of reject, median, forward-fill'],
      [{ scaler: { kind: 'minmax', range: [1, 0] } }, 'preprocess.scaler.range = [1,0]', 'two numbers, the lower first'],
      [{ scaler: { kind: 'robust', quantiles: [0.1, 2] } }, 'preprocess.scaler.quantiles = [0.1,2]', 'a share from 0 to 1'],
      ['robust', 'preprocess = "robust"', 'a section with keys'],
      [null, 'preprocess = null', 'a section with keys'],
    ]
    for (const [input, received, expected] of cases) {
      const error = refused(input)
      expect(error).toMatchObject({ code: 'bad-parameter', received })
      expect(error.expected).toContain(expected)
    }
  })
})
