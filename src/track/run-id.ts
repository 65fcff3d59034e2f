import { randomBytes } from 'node:crypto'

/** `20261121-063012-direction-3f9a`: UTC second, name in plain letters, random end. Sorts by time, reads aloud, and two started in one second differ. */
export function newRunId(name: string, nowMs: number): string {
  const [day = '', second = ''] = new Date(nowMs).toISOString().replace(/[-:]/g, '').split(/[T.]/)
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  return `${day}-${second}-${slug === '' ? 'run' : slug}-${randomBytes(2).toString('hex')}`
}
