/** Number of ways to choose k of n, exact at any size. @param n, k whole numbers, 0 or more */
export function binomial(n: number, k: number): bigint {
  if (k > n) return 0n
  let value = 1n
  // After step i the value is C(n, i): the division is exact.
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * BigInt(n - i + 1)) / BigInt(i)
  return value
}

/** log10 of {@link binomial}, to about 10 digits. Says whether the exact number is worth computing. */
export function log10Binomial(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log10((n - i + 1) / i)
  return sum
}

/** All choices of k of the numbers 0 to n - 1, each increasing, in lexicographic order: [0, 1], [0, 2], [1, 2]. */
export function combinations(n: number, k: number): number[][] {
  const found: number[][] = []
  const chosen = Array.from({ length: k }, (_, j) => j)
  for (;;) {
    found.push([...chosen])
    let j = k - 1
    while (j >= 0 && chosen[j] === n - k + j) j -= 1
    if (j < 0) return found
    chosen[j]! += 1
    for (let later = j + 1; later < k; later++) chosen[later] = chosen[later - 1]! + 1
  }
}
