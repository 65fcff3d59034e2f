import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of all files below a folder; 0 where there is none. A file that goes away while it is counted counts as none. */
export function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    bytes += lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}
