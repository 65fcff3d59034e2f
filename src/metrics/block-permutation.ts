import type { Rng } from '../core/index.js'

/**
 * A random order of 0..n-1 that keeps runs of `blockRows` neighbours together, so that what depends on its neighbours (overlapping labels, smooth features) still does after it.
 * The runs begin at a random place and go around the end. `blockRows` 1 is a plain shuffle; at n or more one turn of the circle is left.
 */
export function blockPermutation(n: number, blockRows: number, rng: Rng): Uint32Array {
  const shift = blockRows > 1 && n > 0 ? rng.int(n) : 0
  const blocks = rng.shuffle(Uint32Array.from({ length: Math.ceil(n / blockRows) }, (_, block) => block))
  const order = new Uint32Array(n)
  let to = 0
  for (const block of blocks) for (let i = block * blockRows; i < Math.min(n, (block + 1) * blockRows); i++) order[to++] = (i + shift) % n
  return order
}
