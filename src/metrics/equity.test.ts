import { describe, expect, it } from 'vitest'
import { cagr, maxDrawdown, periodsPerYear, sharpeAnnualised, simpleReturns, YEAR_MS } from './equity.js'

describe('equity metrics', () => {
  it('by hand', () => {
    expect([...simpleReturns([110, 99], 100)].map((r) => r.toFixed(12))).toEqual(['0.100000000000', '-0.100000000000'])
    // mean 0.02, deviation sqrt(((-0.01)^2 + 0 + 0.01^2) / 2) = 0.01
    expect(sharpeAnnualised([0.01, 0.02, 0.03], 252)).toBeCloseTo(2 * Math.sqrt(252), 10)
    expect(maxDrawdown([120, 90, 150, 100], 100)).toBeCloseTo(1 / 3, 14)
    expect(maxDrawdown([90], 100)).toBeCloseTo(0.1, 14)
    expect(cagr(1, 1.21, 2 * YEAR_MS)).toBeCloseTo(0.1, 14)
  })

  it('count the periods of a year as they are in the data', () => {
    const hours = Float64Array.from({ length: 8766 }, (_, i) => i * 3_600_000)
    expect(periodsPerYear(hours)).toBeCloseTo(8765.82, 2)
    const weekdays = Float64Array.from({ length: 5 * 520 }, (_, i) => (Math.floor(i / 5) * 7 + (i % 5)) * 86_400_000)
    expect(periodsPerYear(weekdays)).toBeGreaterThan(260)
    expect(periodsPerYear(weekdays)).toBeLessThan(262)
  })

  it('are not defined where there is too little', () => {
    expect(sharpeAnnualised([0.1], 252)).toBeNaN()
    expect(sharpeAnnualised([0.5, 0.5], 252)).toBeNaN()
    expect(maxDrawdown([], 1)).toBeNaN()
    expect(cagr(1, 2, 0)).toBeNaN()
    expect(periodsPerYear([5])).toBeNaN()
  })
})
