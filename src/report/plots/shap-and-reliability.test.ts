import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { brierDecomposition, calibrationTable, sigmoid } from '../../metrics/index.js'
import { figure } from '../figure.js'
import { NEUTRAL, seriesColors } from '../palette.js'
import { closeRenderer, renderSvg } from '../picture/render.js'
import { reliabilityDiagram } from './reliability.js'
import { shapDependence } from './shap-dependence.js'
import { evenly, shapBeeswarm, VALUE_SCALE } from './shap-summary.js'

afterAll(() => closeRenderer())
const rng = createRng(3, 'shap-figures')
const names = ['first', 'second', 'third']
const rows = 600
const featureValues = Float64Array.from({ length: rows * 3 }, () => rng.normal())
const values = featureValues.map((value, at) => value * [1, -0.4, 0][at % 3]! + 0)
const meanAbsolute = Float64Array.of(0.8, 0.3, 0)
const input = { model: 'LightGBM (tuned)', names, values, featureValues, meanAbsolute }

it('keeps the ends of what it thins', () => {
  expect(evenly([1, 2, 3], 5)).toEqual([1, 2, 3])
  expect(
    evenly(
      Array.from({ length: 11 }, (_, i) => i),
      3,
    ),
  ).toEqual([0, 5, 10])
  expect(evenly([1, 2, 3], 1)).toEqual([1])
})

describe('shapBeeswarm', () => {
  it('has a swarm for each of the top features, coloured by value, extremes included', () => {
    const shown = shapBeeswarm(input, { top: 2, points: 100 })
    expect(shown.name).toBe('shap-summary-lightgbm-tuned')
    expect(shown.caption).toContain('100 of 600 rows')
    const [known] = shown.data as [{ x: number[]; y: number[]; marker: { color: number[] } }]
    expect(shown.data).toHaveLength(1)
    expect(known.x).toHaveLength(200)
    const of = (place: number): number[] => known.x.filter((_, k) => Math.round(known.y[k]!) === place)
    const column = (j: number): number[] => Array.from({ length: rows }, (_, i) => values[i * 3 + j]!)
    for (const j of [0, 1]) {
      expect(of(j)).toHaveLength(100)
      expect(Math.min(...of(j))).toBe(Math.min(...column(j)))
      expect(Math.max(...of(j))).toBe(Math.max(...column(j)))
    }
    expect((shown.layout.yaxis as { ticktext: string[] }).ticktext).toEqual(['first', 'second'])
    // The largest value of the second feature takes most away: orange is on the left.
    const second = known.x.map((x, k) => ({ x, y: known.y[k]!, color: known.marker.color[k]! })).filter(({ y }) => Math.round(y) === 1)
    expect(second.reduce((least, point) => (point.x < least.x ? point : least)).color).toBe(1)
    expect(second.reduce((most, point) => (point.x > most.x ? point : most)).color).toBe(0)
    expect(Math.max(...known.y.map((y) => Math.abs(y - Math.round(y))))).toBeLessThanOrEqual(0.4)
    expect(VALUE_SCALE.map(([, color]) => color)).toEqual([seriesColors[0], NEUTRAL, seriesColors[1]])
  })

  it('shows missing values apart', () => {
    const holed = featureValues.map((value, at) => (at % 30 === 0 ? NaN : value))
    const shown = shapBeeswarm({ ...input, featureValues: holed }, { points: 1000 })
    expect(shown.data.map((trace) => [trace.name, (trace.x as number[]).length])).toEqual([
      ['value of the feature', 1740],
      ['value missing', 60],
    ])
    expect(JSON.parse(JSON.stringify(shown.data))).toEqual(shown.data)
  })
})

describe('shapDependence', () => {
  it('is value against what it adds, coloured by another feature', () => {
    const shown = shapDependence({ ...input, unit: 'units of y' }, 'second', { colorBy: 'first', points: 50 })
    const [trace] = shown.data as [{ x: number[]; y: number[]; marker: { color: number[]; cmin: number; cmax: number } }]
    expect(trace.x).toHaveLength(50)
    for (const [k, x] of trace.x.entries()) expect(trace.y[k]).toBeCloseTo(-0.4 * x, 12)
    expect(trace.marker.cmin).toBeLessThan(trace.marker.cmax)
    expect(shown.caption).toBe(
      'What second adds to the predictions of LightGBM (tuned) at each of its values, coloured by first: 50 of 600 rows.',
    )
    const holed = featureValues.map((value, at) => (at === 1 ? NaN : value))
    expect(shapDependence({ ...input, featureValues: holed }, 'second').caption).toContain(
      '599 of 600 rows; 1 row without a value is left out',
    )
    expect(() => shapDependence(input, 'fourth')).toThrow(expect.objectContaining({ code: 'unknown-feature' }) as Error)
    expect(() => shapDependence(input, 'first', { colorBy: 'x' })).toThrow(expect.objectContaining({ code: 'unknown-feature' }) as Error)
  })
})

describe('reliabilityDiagram', () => {
  const p = Float64Array.from({ length: 2000 }, () => sigmoid(rng.normal()))
  const y = p.map((chance) => (rng.next() < chance ? 1 : 0))

  it('has the points of the calibration table and the parts of the Brier score', () => {
    const shown = reliabilityDiagram({ model: 'lstm', y, p, series: 2 }, { bins: 8 })
    const table = calibrationTable(y, p, { bins: 8 })
    const parts = brierDecomposition(y, p, { bins: 8 })
    const [, level, points, bars] = shown.data as [unknown, { y: number[] }, { x: number[]; y: number[] }, { y: number[] }]
    expect(points.x).toEqual(table.map(({ meanPredicted }) => meanPredicted))
    expect(points.y).toEqual(table.map(({ observed }) => observed))
    expect(level.y[0]).toBeCloseTo(y.reduce((a, b) => a + b) / 2000, 12)
    const [reliability, resolution, within, together] = bars.y as [number, number, number, number]
    expect([reliability, resolution]).toEqual([parts.reliability, -parts.resolution])
    expect(reliability + resolution + within).toBeCloseTo(together, 12)
    expect(together + parts.uncertainty).toBeCloseTo(parts.brier, 12)
    expect(shown.caption).toMatch(/^Brier score 0\.\d+ = reliability /)
  })

  it('is drawn, as the SHAP figures are', async () => {
    const shown = [reliabilityDiagram({ model: 'lstm', y, p }), shapBeeswarm(input), shapDependence(input, 'first', { colorBy: 'third' })]
    for (const { name, caption, data, layout } of shown) expect(figure(name, caption, { data, layout }).caption).toMatch(/\.$/)
    const pictures = await renderSvg(shown)
    for (const [k, picture] of pictures.entries()) {
      expect(picture).toContain('<svg')
      expect(picture).toContain((shown[k]!.layout.title as { text: string }).text)
    }
  })
})
