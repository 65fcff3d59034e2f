import koffi, { type LibraryHandle } from 'koffi'

let configured = false

/**
 * Loads a shared library once settings that must come before the first one are made: koffi refuses them afterwards, and libgomp reads its
 * wait policy when it is loaded.
 */
export function openForeignLibrary(path: string): LibraryHandle {
  if (!configured) {
    // Active waiting makes training several times slower as soon as anything else wants a core.
    process.env.OMP_WAIT_POLICY ??= 'passive'
    koffi.config({ sync_stack_size: 8 << 20 })
    configured = true
  }
  return koffi.load(path)
}

/** Address of a typed array's first value. The array must be kept alive, by its user, for as long as C reads it. */
export const addressOf = (array: ArrayBufferView): bigint => koffi.address(array)

/** A copy of memory that belongs to a library: it may change with the library's next call. */
export const copyFrom = (address: bigint, bytes: number): ArrayBuffer => koffi.view(address, bytes).slice(0)

/** The texts that `address` points to, one pointer after the other. */
export const textsAt = (address: bigint, count: number): string[] => koffi.decode(address, 'const char *', count) as string[]

/**
 * Lends C two functions of one pointer while `use` runs: one that answers with a number, one that answers nothing. They may be called from this thread alone.
 * What they throw would end the process, so they must not.
 */
export function withCallbacks<T>(source: () => number, sink: () => void, use: (source: bigint, sink: bigint) => T): T {
  const [first, second] = [
    koffi.register(source, koffi.pointer(koffi.proto('int', ['void *']))),
    koffi.register(sink, koffi.pointer(koffi.proto('void', ['void *']))),
  ]
  try {
    return use(first, second)
  } finally {
    for (const each of [first, second]) koffi.unregister(each)
  }
}
