import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor } from '../palette.js'

export interface StudyTrialPoint {
  readonly number: number
  readonly state: 'complete' | 'pruned' | 'failed' | 'running' | 'waiting'
  readonly value: number | null
  readonly params: Readonly<Record<string, number | string | boolean>>
}

export interface StudyPlotOptions {
  /** Name of the value on the axis. */
  readonly metric: string
  readonly direction: 'maximize' | 'minimize'
}

/** Value of each trial in the order they were drawn, and the best so far. Pruned trials stand at the mean they had reached. */
export function studyHistory(trials: readonly StudyTrialPoint[], { metric, direction }: StudyPlotOptions): Figure {
  const valued = (state: StudyTrialPoint['state']): StudyTrialPoint[] =>
    trials.filter((trial) => trial.state === state && trial.value !== null).sort((a, b) => a.number - b.number)
  const complete = valued('complete')
  const pruned = valued('pruned')
  const better = direction === 'maximize' ? Math.max : Math.min
  const best: number[] = []
  for (const { value } of complete) best.push(best.length === 0 ? value! : better(best.at(-1)!, value!))
  const points = (name: string, of: readonly StudyTrialPoint[], color: string, symbol: string): Record<string, unknown> => ({
    ...{ type: 'scatter', mode: 'markers', name },
    x: of.map(({ number }) => number),
    y: of.map(({ value }) => value),
    marker: { color, symbol, size: 7 },
    hovertemplate: 'trial %{x}: %{y:.5f}<extra></extra>',
  })
  const failed = trials.filter(({ state }) => state === 'failed').length
  return figure(
    'study-history',
    `${metric} of ${complete.length} complete trials in the order they were drawn and the best so far; ${pruned.length} were pruned, ${failed} failed.`,
    {
      data: [
        points('complete', complete, seriesColor(0), 'circle'),
        points('pruned', pruned, NEUTRAL, 'x-thin-open'),
        {
          ...{ type: 'scatter', mode: 'lines', name: 'best so far' },
          x: complete.map(({ number }) => number),
          y: best,
          line: { color: seriesColor(1), width: 2, shape: 'hv' },
          hoverinfo: 'skip',
        },
      ],
      layout: {
        height: 380,
        title: { text: `Study: ${metric} by trial` },
        xaxis: { title: { text: 'trial' }, rangemode: 'tozero' },
        yaxis: { title: { text: metric } },
      },
    },
  )
}
