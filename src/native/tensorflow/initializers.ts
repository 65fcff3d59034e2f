import { createRng } from '../../core/index.js'
import type { Tfjs } from './backend.js'

type Initializer = ReturnType<Tfjs['initializers']['orthogonal']>

/** Rows of a [rows, columns] matrix with orthonormal columns (rows >= columns) by modified Gram-Schmidt over normal random numbers, in double precision. */
function orthonormalColumns(rows: number, columns: number, normal: () => number): Float64Array[] {
  const basis: Float64Array[] = []
  while (basis.length < columns) {
    const vector = Float64Array.from({ length: rows }, normal)
    // Twice, so that rounding leaves no part of the earlier ones.
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const dot = other.reduce((sum, value, i) => sum + value * vector[i]!, 0)
        for (let i = 0; i < rows; i++) vector[i]! -= dot * other[i]!
      }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
    if (norm < 1e-8) continue
    basis.push(vector.map((value) => value / norm))
  }
  return basis
}

/** Row-major [rows, columns] with orthonormal rows or columns, whichever are fewer (Saxe et al. 2013). The same for a seed on every backend. */
export function orthogonalValues(rows: number, columns: number, seed: number): Float32Array {
  const rng = createRng(seed, 'orthogonal')
  const tall = rows >= columns
  const basis = orthonormalColumns(Math.max(rows, columns), Math.min(rows, columns), () => rng.normal())
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns)
    const column = at % columns
    return tall ? basis[column]![row]! : basis[row]![column]!
  })
}

/**
 * Stock `orthogonal` by class and configuration, with values of {@link orthogonalValues}: the stock one makes them from thousands of small tensor ops,
 * and warns that it is slow from 2000 elements on.
 */
export function orthogonalInitializer(tf: Tfjs, seed: number): Initializer {
  const initializer = tf.initializers.orthogonal({ seed })
  initializer.apply = (shape) => tf.tensor2d(orthogonalValues(shape[0]!, shape[1]!, seed), [shape[0]!, shape[1]!])
  return initializer
}
