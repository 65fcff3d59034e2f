import pino from 'pino'
import { afterEach, expect, it, vi } from 'vitest'
import { DISPLAY, logger, setLogger } from '../core/index.js'
import { figure, figureBundle, figureTitle } from './figure.js'
import { closeRenderer } from './picture/render.js'
import { plotTemplate } from './theme.js'

const spec = {
  data: [{ type: 'scatter', mode: 'lines', x: [1, 2], y: Float64Array.of(1, NaN) }],
  layout: { title: { text: '<b>Title</b>' } },
}
const usual = logger()
afterEach(() => {
  vi.unstubAllEnvs()
  setLogger(usual)
  delete (globalThis as { __labDisplay?: unknown }).__labDisplay
  closeRenderer()
})

it('shows itself interactively with a picture in a notebook, as text elsewhere', async () => {
  const shown = figure('a-line', 'What to see.', spec)
  const outside = await shown[DISPLAY]()
  expect(Object.keys(outside)).toEqual(['application/vnd.plotly.v1+json', 'text/plain'])
  expect(outside['text/plain']).toBe('[figure a-line] Title: What to see.')
  ;(globalThis as { __labDisplay?: unknown }).__labDisplay = () => undefined
  const inside = await shown[DISPLAY]()
  expect(inside['image/svg+xml']).toMatch(/^<svg /)
  const interactive = inside['application/vnd.plotly.v1+json'] as { data: { y: unknown }[]; layout: { template: object } }
  expect(interactive.data[0]!.y).toEqual([1, null])
  expect(interactive.layout.template).toBeDefined()
  expect(JSON.parse(JSON.stringify(interactive))).toEqual(interactive)
})

it('is shown without its picture when that fails, and the log says so', async () => {
  const lines: string[] = []
  setLogger(pino({}, { write: (text: string) => void lines.push(text) }))
  const bundle = await figureBundle(figure('broken', 'x', { data: spec.data, layout: { xaxis: 5 } }), true)
  expect(Object.keys(bundle)).toEqual(['application/vnd.plotly.v1+json', 'text/plain'])
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('"figure":"broken"')
})

it('is drawn for the page that BARLAB_THEME names, light by default', async () => {
  const template = async (theme: string) => {
    vi.stubEnv('BARLAB_THEME', theme)
    const bundle = await figureBundle(figure('a-line', 'x', spec), false)
    return (bundle['application/vnd.plotly.v1+json'] as { layout: { template: unknown } }).layout.template
  }
  expect(await template('')).toEqual(plotTemplate('light'))
  expect(await template('dark')).toEqual(plotTemplate('dark'))
  await expect(template('drak')).rejects.toMatchObject({ code: 'bad-theme', received: 'BARLAB_THEME=drak' })
})

it('refuses a name that cannot be a file name', () => {
  for (const name of ['', 'A', 'a b', '../x', 'a--b'])
    expect(() => figure(name, '', spec)).toThrow(expect.objectContaining({ code: 'bad-figure-name' }))
})

it('has a title without markup', () => {
  expect(figureTitle(figure('a', '', spec))).toBe('Title')
  expect(figureTitle(figure('a', '', { data: [], layout: {} }))).toBe('a')
})
