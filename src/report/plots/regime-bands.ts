import { LabError } from '../../core/index.js'
import type { Bars } from '../../data/index.js'
import { figure, type Figure } from '../figure.js'
import { INK, seriesColor, withOpacity } from '../palette.js'
import { timeAxis, utcTime, utcTimes } from '../utc-time.js'

/** Height of the strip below the bands, as a share of the plot. */
const STRIP = 0.04

/** Bands thinner than this share of the time shown cannot be seen; they are left to their neighbours. */
const THINNEST = 1 / 1500

/**
 * The close with a band behind it for each regime.
 * @param regime number of the regime of each bar, an index into `names`; NaN or -1 where there is none
 * @throws LabError `bad-regime`
 */
export function regimeBands(bars: Bars, regime: ArrayLike<number>, names: readonly string[]): Figure {
  const count = bars.time.length
  const wrong = Array.from(regime).find((r) => !Number.isNaN(r) && r !== -1 && names[r] === undefined)
  if (regime.length !== count || wrong !== undefined)
    throw new LabError('bad-regime', 'The regimes do not fit the bars.', {
      received: wrong === undefined ? `${regime.length} regimes for ${count} bars` : `regime ${wrong}`,
      expected: wrong === undefined ? 'one a bar' : `an index into ${names.join(', ')}`,
    })
  const bands = bandsOf(bars, regime)
  const share = (r: number): number => Array.from(regime).filter((one) => one === r).length / Math.max(1, count)
  return figure(
    'regime-bands',
    `Close of ${bars.symbol}, the regime of each bar behind it: ${names.map((name, r) => `${name} ${(100 * share(r)).toFixed(0)} %`).join(', ')}.`,
    {
      data: [
        {
          ...{ type: 'scatter', mode: 'lines', name: 'close', x: utcTimes(bars.time), y: Array.from(bars.close), showlegend: false },
          line: { color: INK, width: 1.2 },
        },
        // Empty traces, for the legend alone: shapes have none.
        ...names.map((name, r) => ({
          ...{ type: 'scatter', mode: 'markers', name, x: [null], y: [null] },
          marker: { symbol: 'square', size: 12, color: seriesColor(r) },
        })),
      ],
      layout: {
        height: 400,
        title: { text: `Regimes of ${bars.symbol}` },
        xaxis: timeAxis(),
        yaxis: { title: { text: 'price' } },
        // A pale band behind the price, and the full colour in a strip at its foot, where it stands out from the page.
        shapes: bands.flatMap(({ from, to, r }) =>
          (
            [
              [1, 0.18],
              [STRIP, 1],
            ] as const
          ).map(([height, opacity]) => ({
            ...{ type: 'rect', layer: 'below', yref: 'paper', y0: 0, y1: height, x0: utcTime(from), x1: utcTime(to) },
            ...{ fillcolor: withOpacity(seriesColor(r), opacity), line: { width: 0 } },
          })),
        ),
      },
    },
  )
}

interface Band {
  readonly from: number
  to: number
  readonly r: number
}

/** Spans of one regime; one too thin to be seen becomes part of the band before it. */
function bandsOf({ time, timeframeMs }: Bars, regime: ArrayLike<number>): Band[] {
  const spans: Band[] = []
  for (let i = 0; i < time.length; i++) {
    const r = regime[i]!
    const last = spans.at(-1)
    if (!(r >= 0)) continue
    if (last?.r === r && last.to >= time[i]!) last.to = time[i]! + timeframeMs
    else spans.push({ from: time[i]!, to: time[i]! + timeframeMs, r })
  }
  const thinnest = time.length === 0 ? 0 : (time.at(-1)! - time[0]!) * THINNEST
  const bands: Band[] = []
  for (const span of spans) {
    const last = bands.at(-1)
    if (last !== undefined && last.to >= span.from && (last.r === span.r || span.to - span.from < thinnest)) last.to = span.to
    else bands.push(span)
  }
  return bands
}
