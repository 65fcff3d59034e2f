import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import { timeAxis, utcTimes } from '../utc-time.js'

/** Columns over one time index (ms since the epoch), as a memory monitor's history gives them; bytes, NaN where not known. */
export interface ResourceColumns {
  readonly time: ArrayLike<number>
  readonly hostUsed: ArrayLike<number>
  readonly hostLimit: ArrayLike<number>
  readonly gpuUsed: ArrayLike<number>
  readonly gpuLimit: ArrayLike<number>
  /** 0 to 1. */
  readonly cpuShare: ArrayLike<number>
}

const GIB = 2 ** 30

/** Memory that a training and its children held on host and card, with the limits in force, and how busy the processors were. */
export function resourceUse({ time, hostUsed, hostLimit, gpuUsed, gpuLimit, cpuShare }: ResourceColumns): Figure {
  const x = utcTimes(time)
  const column = (values: ArrayLike<number>, by: number): (number | null)[] =>
    Array.from(values, (value) => (Number.isFinite(value) ? value / by : null))
  const line = (name: string, values: ArrayLike<number>, series: number, limit: boolean) => ({
    ...{ type: 'scatter', mode: 'lines', name, x, y: column(values, GIB) },
    line: { color: limit ? NEUTRAL : seriesColor(series), width: limit ? 1.2 : 2, dash: limit ? 'dash' : 'solid' },
    hovertemplate: '%{y:.2f} GiB',
  })
  const hasCard = Array.from(gpuUsed).some(Number.isFinite)
  return figure(
    'resource-use',
    `Memory held on the host${hasCard ? ' and on the card' : ''} beside its limit, and the load of all processors below.`,
    {
      data: [
        line('host', hostUsed, 0, false),
        line('limit of the host', hostLimit, 0, true),
        ...(hasCard
          ? [
              line('card', gpuUsed, 1, false),
              { ...line('limit of the card', gpuLimit, 1, true), line: { color: NEUTRAL, width: 1.2, dash: 'dot' } },
            ]
          : []),
        {
          ...{ type: 'scatter', mode: 'lines', name: 'processors', x, y: column(cpuShare, 1), yaxis: 'y2' },
          ...{ line: { color: seriesColor(2), width: 1.4 }, hovertemplate: '%{y:.0%}' },
        },
      ],
      layout: {
        height: 440,
        title: { text: 'Resources' },
        hovermode: 'x unified',
        xaxis: { ...timeAxis(), anchor: 'y2' },
        yaxis: { title: { text: 'GiB' }, domain: [0.36, 1], rangemode: 'tozero' },
        yaxis2: { title: { text: 'processors' }, domain: [0, 0.27], tickformat: '.0%', range: [0, 1.02], nticks: 4 },
      },
    },
  )
}
