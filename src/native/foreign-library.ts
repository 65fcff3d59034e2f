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
