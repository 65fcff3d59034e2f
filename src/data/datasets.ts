import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DISPLAY, escapeHtml, EXIT, LabError, nearestName, projectPath, resolveUserPath, type Displayable } from '../core/index.js'
import { inspectFile } from './source-file.js'

/** `datasets/<name>/dataset.json`: what a shipped dataset is and where it comes from. */
export interface DatasetManifest {
  readonly manifestVersion: 1
  readonly name: string
  readonly title: string
  readonly symbols: readonly string[]
  readonly timeframe: string
  /** Rows of the Parquet file, all symbols together. */
  readonly rows: number
  /** Open times (ISO, UTC) of the first and last bar. */
  readonly from: string
  readonly to: string
  readonly file: { readonly name: string; readonly sha256: string; readonly bytes: number }
  readonly source: DatasetOrigin
  /** What was done to the source to get here. */
  readonly done: readonly string[]
}

/** Package and file that a shipped dataset was made of, and its licence. */
export interface DatasetOrigin {
  readonly package: string
  readonly version: string
  /** Path of the file inside the package. */
  readonly file: string
  /** SHA-256 of that file's text, unpacked. */
  readonly sha256: string
  readonly licence: string
  /** Who published the prices, where the package says so. */
  readonly publisher?: string
}

/** A dataset with the path of its Parquet file. */
export interface ShippedDataset extends DatasetManifest, Displayable {
  readonly path: string
}

function readManifest(folder: string): ShippedDataset | undefined {
  const path = join(folder, 'dataset.json')
  if (!existsSync(path)) return undefined
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as DatasetManifest
    if (manifest.manifestVersion !== 1) throw new Error(`manifestVersion ${String(manifest.manifestVersion)}`)
    return { ...manifest, path: join(folder, manifest.file.name), [DISPLAY]: () => ({ 'text/plain': line(manifest) }) }
  } catch (error) {
    throw new LabError('dataset-corrupt', 'The manifest of a dataset cannot be read.', {
      received: path,
      expected: 'the manifest as it was committed',
      help: 'git checkout -- datasets',
      cause: error,
    })
  }
}

const line = (m: DatasetManifest): string =>
  `${m.name}: ${m.title}, ${m.rows} bars of ${m.symbols.join(', ')}, ${m.from.slice(0, 10)} to ${m.to.slice(0, 10)}`

/** The datasets that come with the project, by name; the list shows itself as a table. */
export function listDatasets(): readonly ShippedDataset[] & Displayable {
  const root = projectPath('datasets')
  const found = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readManifest(join(root, entry.name)))
    .filter((dataset): dataset is ShippedDataset => dataset !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return Object.assign(found, {
    [DISPLAY]: () => ({
      'text/plain': found.map(line).join('\n'),
      'text/html': `<table><tr><th>dataset</th><th>what</th><th>symbols</th><th>bars</th><th>from</th><th>to</th><th>licence</th></tr>${found
        .map((d) => [d.name, d.title, d.symbols.join(', '), String(d.rows), d.from.slice(0, 10), d.to.slice(0, 10), d.source.licence])
        .map((row) => `<tr>${row.map((value) => `<td style="text-align:left">${escapeHtml(value)}</td>`).join('')}</tr>`)
        .join('')}</table>`,
    }),
  })
}

/** Looks whether there is such a dataset, without reading it. @throws LabError `unknown-dataset`, those of an unusable file (exit code 2) */
export function checkDataset(dataset: string): void {
  const found = findDataset(dataset)
  if ('path' in found) inspectFile(found.path)
}

/**
 * What a `dataset` parameter means: a shipped dataset by its name, else a file. A word that is neither (no such file, no folder or extension in it) is taken
 * for a misspelt name.
 * @throws LabError `unknown-dataset` (lists the known ones)
 */
export function findDataset(dataset: string): { readonly shipped: ShippedDataset } | { readonly path: string } {
  if (dataset.trim() !== '') {
    const isName = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(dataset)
    const shipped = isName ? readManifest(projectPath('datasets', dataset)) : undefined
    if (shipped !== undefined) return { shipped }
    if (existsSync(resolveUserPath(dataset)) || /[\\/]|\.(csv|tsv|txt|parquet|pq|gz)$/i.test(dataset)) return { path: dataset }
  }
  const names = listDatasets().map(({ name }) => name)
  const near = nearestName(dataset, names)
  throw new LabError('unknown-dataset', 'There is no such dataset.', {
    received: JSON.stringify(dataset),
    expected: `one of ${names.join(', ')}, or the path of a CSV or Parquet file`,
    help: near === undefined ? '-p dataset=./my-bars.csv' : `did you mean -p dataset=${near}?`,
    exitCode: EXIT.usage,
  })
}
