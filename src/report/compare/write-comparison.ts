import { join } from 'node:path'
import { runsFolder, sha256 } from '../../core/index.js'
import { runEquities, type LoadedRun, type RunComparison } from '../../track/index.js'
import { writeReport } from '../write-report.js'
import { comparisonReport } from './compare-report.js'

/** Longest part of a file name that the ids may take; file systems end at 255 bytes. */
const LONGEST = 200

/** Where the page of a comparison lies by default: `runs/compare-<ids>.html`; many long ids are cut, their hash tells them apart. */
export function comparisonPath(runs: readonly { readonly id: string }[]): string {
  const ids = runs.map(({ id }) => id).join('-')
  const name = ids.length <= LONGEST ? ids : `${ids.slice(0, LONGEST - 9)}-${sha256(ids).slice(0, 8)}`
  return join(runsFolder(), `compare-${name}.html`)
}

/**
 * Writes a comparison as one HTML file that opens offline. The bars of the runs are read again for their equity curves; where they are gone the page says so.
 * @returns bytes written.
 * @throws LabError `disk-full`, `not-writable`
 */
export async function writeComparison(path: string, runs: readonly LoadedRun[], comparison: RunComparison): Promise<number> {
  return writeReport(path, comparisonReport({ runs, comparison, equities: await runEquities(runs) }))
}
