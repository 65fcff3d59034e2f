export const median = (x: readonly number[]): number => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)]!

export function milliseconds(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}
