import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.js'

describe('nearestName', () => {
  it('finds what was meant', () => {
    expect(nearestName('max_memroy_gb', ['max_workers', 'max_memory_gb'])).toBe('max_memory_gb')
    expect(nearestName('nSplits', ['test_size', 'n_splits'])).toBe('n_splits')
    expect(nearestName('rsi14', ['rsi_14', 'roc_12'])).toBe('rsi_14')
  })

  it('does not guess when nothing is near', () => {
    expect(nearestName('colour', ['max_workers', 'n_splits'])).toBeUndefined()
    expect(nearestName('C', ['max_iter'])).toBeUndefined()
    expect(nearestName('x', [])).toBeUndefined()
  })
})
