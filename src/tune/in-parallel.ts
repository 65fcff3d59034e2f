/**
 * Does `work` for every item, `workers` at a time, in their order. The first failure stops the others (their signal aborts) and is thrown when all have ended.
 * @param signal stops all of them
 */
export async function inParallel<T>(
  items: readonly T[],
  workers: number,
  signal: AbortSignal | undefined,
  work: (item: T, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const stopNow = (): void => stop.abort()
  signal?.addEventListener('abort', stopNow, { once: true })
  if (signal?.aborted === true) stopNow()
  let failure: { readonly error: unknown } | undefined
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length && !stop.signal.aborted) {
      const item = items[next++]!
      try {
        await work(item, stop.signal)
      } catch (error) {
        failure ??= { error }
        stopNow()
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(workers, items.length) }, lane))
  } finally {
    signal?.removeEventListener('abort', stopNow)
  }
  if (failure !== undefined) throw failure.error
}
