import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { LabError } from './errors.js'
import { stableJson } from './hash.js'

/** Turns the operating system's word for a full or read-only disk into a message with a cure. */
export function fileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new LabError('disk-full', 'The disk is full; nothing was half-written.', {
      received: path,
      expected: 'free space on this disk',
      help: 'free some space (old folders under runs/ are the usual candidates), then run the same command with --resume',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new LabError('not-writable', 'The file cannot be written.', {
      received: path,
      expected: 'a writable folder',
      help: 'check the owner and the permissions of the folder',
      cause: error,
    })
  return error
}

/**
 * Writes a whole file or leaves the old one: temporary name beside it, fsync, rename, fsync of the folder.
 * @throws LabError `disk-full`, `not-writable`; the temporary file is removed.
 */
export function writeFileAtomicSync(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const fd = openSync(temporary, 'w')
    try {
      writeFileSync(fd, content)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw fileError(error, path)
  }
}

/** Makes a rename or a new file durable: without it a power cut can lose the directory entry. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** {@link writeFileAtomicSync} of indented JSON with sorted keys and a final newline: equal values give equal bytes. */
export function writeJsonAtomicSync(path: string, value: unknown): void {
  writeFileAtomicSync(path, `${stableJson(value, 2)}\n`)
}

/** Appends one line in a single write (O_APPEND), so that lines of several processes do not mix. */
export function appendLineSync(path: string, line: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const fd = openSync(path, 'a')
    try {
      writeSync(fd, `${line}\n`)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw fileError(error, path)
  }
}
