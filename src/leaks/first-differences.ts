import type { FeatureMatrix } from '../preprocess/index.js'
import type { LeakEvidence } from './leak.js'

/** Where a column was first seen to differ. */
export interface Difference {
  /** Position in the whole series. */
  bar: number
  evidence: LeakEvidence
  /** First bar of the stretch on which it was seen. */
  from: number
}

/** First difference of each column over all comparisons so far. */
export class FirstDifferences {
  readonly found = new Map<string, Difference>()
  private comparedSoFar = 0

  /** @param tolerance see {@link FirstDifferences.differs} */
  constructor(private readonly tolerance = 0) {}

  /** Values compared so far. */
  get compared(): number {
    return this.comparedSoFar
  }

  /** Two zeros of different sign are the same value, and so are two NaN. @param tolerance share of the larger one that counts as the same */
  static differs(a: number, b: number, tolerance = 0): boolean {
    return a !== b && !(a !== a && b !== b) && !(Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)))
  }

  /**
   * Compares the first `rows` rows of two matrices over the same bars. Columns are compared by name; one that only one of them has differs in its last row.
   * @param from position of row 0 in the whole series
   */
  compare(base: FeatureMatrix, other: FeatureMatrix, rows: number, from: number, evidence: LeakEvidence): void {
    const places = placesOf(base.names, other.names)
    const [width, otherWidth] = [base.names.length, other.names.length]
    this.comparedSoFar += rows * width
    for (let j = 0; j < width; j++) {
      const name = base.names[j]!
      if (places[j] === -1) this.note(name, { bar: from + rows - 1, evidence, from })
      else {
        const first = this.found.get(name)?.bar ?? Infinity
        const end = Math.min(rows, first - from)
        for (let i = 0; i < end; i++)
          if (FirstDifferences.differs(base.values[i * width + j]!, other.values[i * otherWidth + places[j]!]!, this.tolerance)) {
            this.note(name, { bar: from + i, evidence, from })
            break
          }
      }
    }
    if (otherWidth !== width || places.includes(-1))
      for (const name of other.names) if (!base.names.includes(name)) this.note(name, { bar: from + rows - 1, evidence, from })
  }

  /** Compares one row of a matrix with another writing of it. */
  compareRow(base: FeatureMatrix, row: number, values: ArrayLike<number>, from: number, evidence: LeakEvidence): void {
    const width = base.names.length
    this.comparedSoFar += width
    for (let j = 0, at = row * width; j < width; j++, at++)
      if (FirstDifferences.differs(base.values[at]!, values[j]!, this.tolerance))
        this.note(base.names[j]!, { bar: from + row, evidence, from })
  }

  private note(column: string, difference: Difference): void {
    if (difference.bar < (this.found.get(column)?.bar ?? Infinity)) this.found.set(column, difference)
  }
}

/** Where each of `names` stands in `others`; -1 where it does not. */
function placesOf(names: readonly string[], others: readonly string[]): number[] {
  if (names.length === others.length && names.every((name, j) => name === others[j])) return [...names.keys()]
  return names.map((name) => others.indexOf(name))
}
