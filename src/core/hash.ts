import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** JSON with object keys sorted at every level: equal values give equal text. `undefined` members are left out; NaN and infinities become strings. */
export function stableJson(value: unknown, indent?: number): string {
  return JSON.stringify(sortKeys(value), null, indent)
}

function sortKeys(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map(sortKeys)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array, sortKeys)
  if (value !== null && typeof value === 'object') {
    const source = value as Record<string, unknown>
    return Object.fromEntries(
      Object.keys(source)
        .sort()
        .map((key) => [key, sortKeys(source[key])]),
    )
  }
  return value
}

/** Hex SHA-256 of the parts in order, each preceded by its length, so that moving a boundary changes the hash. */
export function sha256(...parts: (string | ArrayBufferView)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part.buffer, part.byteOffset, part.byteLength)
    hash.update(`${bytes.byteLength}:`)
    hash.update(bytes)
  }
  return hash.digest('hex')
}

/** Hex SHA-256 of a file's bytes, as `sha256sum` prints it. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
