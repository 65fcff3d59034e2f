import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { displayPath, EXIT, LabError, resolveUserPath } from '../core/index.js'

/** A data file as it lies on disk: what it is was read from its first bytes, not from its name. */
export interface SourceFile {
  readonly path: string
  readonly kind: 'csv' | 'parquet'
  readonly gzip: boolean
  /** The beginning of the (unpacked) content, up to {@link HEAD_BYTES}. */
  readonly head: Buffer
  /** The head is the whole content. */
  readonly whole: boolean
}

const HEAD_BYTES = 262_144

const YOUR_FILE = 'give the path of a CSV or Parquet file (both also as .gz)'

function failed(code: string, message: string, path: string, expected: string, help = YOUR_FILE, cause?: unknown): LabError {
  return new LabError(code, message, {
    received: displayPath(path),
    expected,
    help,
    exitCode: EXIT.usage,
    ...(cause !== undefined && { cause }),
  })
}

/**
 * Looks at a file before anything reads it. Links are followed.
 * @throws LabError `file-not-found`, `not-a-file`, `not-readable`, `empty-file`, `corrupt-gzip`, `not-a-table`
 */
export function inspectFile(userPath: string): SourceFile {
  const path = resolveUserPath(userPath)
  const head = readHead(path)
  if (head.length === 0) throw failed('empty-file', 'The data file is empty.', path, 'a table with a header line and at least two bars')
  const gzip = head[0] === 0x1f && head[1] === 0x8b
  const content = gzip ? unpackHead(path, head) : head
  if (content.length === 0) throw failed('empty-file', 'The data file is empty.', path, 'a table with a header line and at least two bars')
  const kind = content.subarray(0, 4).toString('latin1') === 'PAR1' ? 'parquet' : 'csv'
  if (kind === 'csv') refuseBinary(path, content)
  return { path, kind, gzip, head: content, whole: !gzip && head.length < HEAD_BYTES }
}

function readHead(path: string): Buffer {
  try {
    if (!statSync(path).isFile()) throw failed('not-a-file', 'The dataset path is a folder, not a file.', path, 'a file')
    const fd = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(HEAD_BYTES)
      return buffer.subarray(0, readSync(fd, buffer, 0, HEAD_BYTES, 0))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new LabError('file-not-found', `The data file "${basename(path)}" does not exist.`, {
        received: displayPath(path),
        expected: 'the path of an existing CSV or Parquet file, absolute or from the folder you are in',
        help: `check it with: ls -l ${JSON.stringify(path)}`,
        exitCode: EXIT.usage,
      })
    if (code === 'EACCES' || code === 'EPERM')
      throw failed(
        'not-readable',
        'The data file may not be read.',
        path,
        'a file you may read',
        `chmod u+r ${JSON.stringify(path)}`,
        error,
      )
    throw error
  }
}

function unpackHead(path: string, packed: Buffer): Buffer {
  try {
    // The head of the file is cut off somewhere inside the stream: Z_SYNC_FLUSH gives what can be unpacked so far.
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (error) {
    throw failed(
      'corrupt-gzip',
      'The gzip file is damaged.',
      path,
      'a whole .gz file',
      `check it with: gzip -t ${JSON.stringify(path)}`,
      error,
    )
  }
}

function refuseBinary(path: string, content: Buffer): void {
  if ((content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff))
    throw failed(
      'not-a-table',
      'The text is UTF-16.',
      path,
      'UTF-8',
      `convert it: iconv -f UTF-16 -t UTF-8 ${JSON.stringify(basename(path))} > utf8.csv`,
    )
  if (content.includes(0)) throw failed('not-a-table', 'The file is neither text nor Parquet.', path, 'a CSV or Parquet file, also as .gz')
}
