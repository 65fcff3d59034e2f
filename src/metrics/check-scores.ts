import { LabError } from '../core/index.js'

/** Refuses what no score is defined for. @throws LabError `bad-scores`: lengths differ, a target is neither 0 nor 1, a probability is not within 0..1. */
export function checkScores(y: ArrayLike<number>, p: ArrayLike<number>): void {
  const bad = (received: string, expected: string): LabError =>
    new LabError('bad-scores', 'These cannot be scored.', {
      received,
      expected,
      help: 'score only rows with a label, with the probabilities predicted for these rows',
    })
  if (y.length !== p.length) throw bad(`${y.length} targets beside ${p.length} probabilities`, 'as many of one as of the other')
  for (let i = 0; i < y.length; i++) {
    if (y[i] !== 0 && y[i] !== 1) throw bad(`target ${String(y[i])} at ${i}`, 'targets 0 or 1')
    if (!(p[i]! >= 0 && p[i]! <= 1)) throw bad(`probability ${String(p[i])} at ${i}`, 'probabilities from 0 to 1')
  }
}
