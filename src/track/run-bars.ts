import { LabError } from '../core/index.js'
import { loadBars, parseTimeframe, type DatasetSource, type LoadedBars } from '../data/index.js'
import type { RunRecord } from './run-record.js'

/** The dataset as the run recorded it; undefined where the run ended before, or keeps none. */
export function recordedSource(record: RunRecord): DatasetSource | undefined {
  const source = record.dataset as Partial<DatasetSource> | undefined
  const whole =
    source !== undefined && [source.name, source.path, source.sha256, source.from, source.to].every((x) => typeof x === 'string')
  return whole ? (source as DatasetSource) : undefined
}

/**
 * The bars of a run, read again: same source, symbol, timeframe and range.
 * @throws LabError `no-recorded-data`; `data-changed` where the file is another one by now; those of `loadBars`
 */
export async function loadRunBars({ id, record }: { readonly id: string; readonly record: RunRecord }): Promise<LoadedBars> {
  const source = recordedSource(record)
  if (source === undefined)
    throw new LabError('no-recorded-data', 'The run has not recorded which data it used.', {
      received: `${id}, status ${record.status}`,
      expected: "a section `dataset` in its run.json: await run.record('dataset', source)",
      help: 'npm run runs -- show ID',
    })
  const { symbol, timeframe, from, to } = source
  const options = { dataset: source.kind === 'shipped' ? source.name : source.path, symbol }
  const asStored = await loadBars(options)
  const resampled = asStored.source.timeframe !== timeframe
  const whole = !resampled && asStored.source.from === from && asStored.source.to === to
  // `to` is an open time, the end of a range is exclusive: of merged bars all that lies in the last one belongs to it.
  const end = Date.parse(to) + (resampled ? parseTimeframe(timeframe) : 1)
  const loaded = whole ? asStored : await loadBars({ ...options, from, to: end, ...(resampled && { timeframe }) })
  const differs = (['sha256', 'rows', 'from', 'to'] as const).find((key) => loaded.source[key] !== source[key])
  if (differs === undefined) return loaded
  throw new LabError('data-changed', 'The data are not those of the run any more.', {
    received: `${differs} ${loaded.source[differs]} of ${loaded.source.name}`,
    expected: `${differs} ${source[differs]}`,
    help: 'bring the file of that time back, or run the notebook again on the present one',
  })
}
