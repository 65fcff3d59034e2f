import { describe, expect, it } from 'vitest'
import type { GateReport, Outcome } from '../../evaluate/index.js'
import { qualityParts } from './direction-quality.js'
import { gateTable } from './direction-tables.js'
import { highestAucLabel, verdictKind } from './direction-verdict.js'

const samples = (model: string, rows: number): GateReport => {
  const gate = { name: 'min_samples', value: rows, threshold: 1000, pass: rows >= 1000 } as const
  return { model, pass: gate.pass, gates: [gate] }
}
const judged = (outcome: Outcome, withEdge: string[], ...gates: GateReport[]) => ({ verdict: { outcome, withEdge }, gates })

describe('the badge of a direction report', () => {
  it('says what the verdict says', () => {
    expect(verdictKind(judged('edge-lost-to-fees', ['a'], samples('a', 2000)))).toBe('edge-lost-to-fees')
    expect(verdictKind(judged('no-edge', [], samples('a', 2000)))).toBe('no-edge')
    expect(verdictKind(judged('edge', ['a'], samples('a', 2000)))).toBe('edge')
    expect(verdictKind(judged('edge', ['a']))).toBe('edge')
  })

  it('claims no edge of a model that fails a gate, though one without an edge passes', () => {
    expect(verdictKind(judged('edge', ['a'], samples('a', 466), samples('b', 2000)))).toBe('edge-fails-gates')
  })

  it('calls no model the best whose edge cannot be claimed', () => {
    expect(highestAucLabel('a', judged('no-edge', []))).toBe('Highest AUC (no edge)')
    expect(highestAucLabel('b', judged('edge', ['a']))).toBe('Highest AUC (no edge)')
    expect(highestAucLabel('a', judged('edge-lost-to-fees', ['a']))).toBe('Highest AUC')
    expect(highestAucLabel('a', judged('edge', ['a'], samples('a', 466)))).toBe('Highest AUC')
    expect(highestAucLabel('a', judged('edge', ['a'], samples('a', 2000)))).toBe('Best model')
  })
})

describe('the table of gates', () => {
  it('says what would meet the one that asks for rows, and only where it failed', () => {
    const shown = gateTable({ gates: [samples('a', 466), samples('b', 12_034)] })
    expect(shown.headings).toEqual(['model', 'gate', 'measured', 'threshold', 'passed', 'what would meet it'])
    expect(shown.cells).toEqual([
      ['a', 'min_samples', '466', '1,000', 'no', 'more bars, or a larger testSize'],
      ['b', 'min_samples', '12,034', '1,000', 'yes', ''],
    ])
    expect(gateTable({ gates: [samples('b', 12_034)] }).headings).not.toContain('what would meet it')
  })
})

describe('the quality of the bars', () => {
  const check = { check: 'duplicates', title: 'duplicate bars', policy: 'keep-last', done: '', examples: [] } as const
  it('is a sentence where nothing was found, else a table', () => {
    const clean = [{ ...check, found: 0 }] as never
    expect(qualityParts({ checks: clean })).toEqual({ paragraphs: ['Quality of the bars: no faults found, 1 check.'], tables: [] })
    const { paragraphs, tables } = qualityParts({ checks: [{ ...check, found: 2, done: 'dropped 2 rows' }] as never })
    expect(paragraphs).toEqual([])
    expect(tables[0]!.cells).toEqual([['duplicate bars', '2', 'dropped 2 rows']])
  })
})
