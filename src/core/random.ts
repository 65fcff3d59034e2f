import { sha256 } from './hash.js'

/** Seeded pseudo-random numbers. Two generators with the same seed and purpose give the same sequence, on every machine. */
export interface Rng {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
  /** Uniform integer in [0, n). */
  int(n: number): number
  /** Standard normal (Box-Muller). */
  normal(): number
  /** Fisher-Yates, in place; returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T
  /** Independent generator for a part of the work: what one part draws never shifts what another draws. */
  fork(purpose: string): Rng
}

/**
 * Repeatable random numbers: equal seed and purpose give the same stream on every machine.
 * @param seed any safe integer; @param purpose what the numbers are for ('batch-order', 'init'), so that uses do not share a stream. Algorithm: xoshiro128**, Blackman & Vigna 2018.
 */
export function createRng(seed: number, purpose = ''): Rng {
  const digest = Buffer.from(sha256(String(seed), purpose), 'hex')
  const state = Uint32Array.from({ length: 4 }, (_, i) => digest.readUInt32LE(i * 4))
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0
  const next32 = (): number => {
    const s1 = state[1]!
    const result = Math.imul(rotl(Math.imul(s1, 5) >>> 0, 7), 9) >>> 0
    const t = (s1 << 9) >>> 0
    state[2]! ^= state[0]!
    state[3]! ^= s1
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= t
    state[3] = rotl(state[3]!, 11)
    return result
  }
  const next = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992
  const rng: Rng = {
    next,
    int: (n) => Math.floor(next() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = rng.int(i + 1)
        ;[items[i], items[j]] = [items[j], items[i]]
      }
      return items
    },
    fork: (part) => createRng(seed, `${purpose}/${part}`),
  }
  return rng
}
