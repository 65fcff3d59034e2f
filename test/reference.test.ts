import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { configurationKeys } from '../scripts/docs/configuration-page.js'
import { publicApi, type ApiEntry } from '../scripts/docs/public-api.js'
import { writtenDocuments } from '../scripts/docs/written-documents.js'

describe('the reference', () => {
  let entries: ApiEntry[]
  beforeAll(() => void (entries = publicApi()))

  it('says of every exported function and class what it is', () => {
    const silent = entries.filter(({ kind, doc }) => (kind === 'function' || kind === 'class') && doc.text === '')
    expect(silent.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })

  it('has every name that src/index.ts exports', async () => {
    const face = Object.keys(await import('../src/index.js'))
    const names = new Set(entries.map(({ name }) => name))
    expect(face.filter((name) => !names.has(name))).toEqual([])
    expect(names.size).toBe(entries.length)
  })

  it('shows signature, description, errors, options and defaults', () => {
    const labels = entries.find(({ name }) => name === 'directionLabels')!
    expect(labels).toMatchObject({
      kind: 'function',
      room: 'labels',
      signature: 'directionLabels(bars: Bars, options: DirectionOptions): PricedLabels',
      defaults: ['deadZone = 0'],
    })
    expect(labels.doc.throws[0]).toContain('`bad-horizon`')
    const options = entries.find(({ name }) => name === 'DirectionOptions')!
    expect(options.members.map(({ signature }) => signature)).toEqual(['horizonBars: number', 'deadZone?: number'])
    expect(options.members[1]!.doc.text).toContain('Default 0')
  })

  it('is up to date (else: npm run reference)', () => {
    const documents = writtenDocuments(entries)
    const stale = [...documents].filter(
      ([path, text]) => !existsSync(projectPath(path)) || readFileSync(projectPath(path), 'utf8') !== text,
    )
    expect(
      stale.map(([path]) => path),
      'write them anew: npm run reference',
    ).toEqual([])
    const left = readdirSync(projectPath('docs/reference')).filter((name) => !documents.has(`docs/reference/${name}`))
    expect(left, 'write them anew: npm run reference').toEqual([])
  })
})

it('every key of the configuration says what it means', () => {
  const keys = configurationKeys()
  expect(keys.length).toBeGreaterThan(60)
  expect(keys.filter(({ meaning }) => meaning === '').map(({ path }) => path)).toEqual([])
})
