import { describe, expect, it } from 'vitest'
import { LabError, errorFromJson, errorToJson, formatError, isLabError } from './errors.js'

const sample = new LabError('too-few-bars', 'The folds need more bars.', {
  received: '90 bars',
  expected: 'at least 500',
  help: 'use fewer folds: -p folds=2',
  cause: new Error('inner'),
})

describe('LabError', () => {
  it('prints what happened, received, expected, next and the cause, without a stack', () => {
    expect(formatError(sample)).toBe(
      [
        'The folds need more bars. [too-few-bars]',
        '  received: 90 bars',
        '  expected: at least 500',
        '  next:     use fewer folds: -p folds=2',
        '  cause:    inner',
      ].join('\n'),
    )
  })

  it('survives JSON, as between processes', () => {
    const back = errorFromJson(JSON.parse(JSON.stringify(errorToJson(sample))) as ReturnType<typeof errorToJson>)
    expect(isLabError(back)).toBe(true)
    expect({ ...back, message: back.message }).toMatchObject({ code: 'too-few-bars', received: '90 bars', expected: 'at least 500' })
  })

  it('is recognised when it comes from another copy of the module', () => {
    const foreign = Object.assign(new Error('x'), { name: 'LabError', code: 'y' })
    expect(isLabError(foreign)).toBe(true)
    expect(isLabError(new Error('x'))).toBe(false)
  })

  it('keeps the stack of an unexpected error for the engineer', () => {
    expect(formatError(new TypeError('boom'))).toMatch(/TypeError: boom\n\s+at /)
  })
})
