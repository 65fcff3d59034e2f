import { LabError } from '../../core/index.js'
import type { FigureSpec } from '../figure-spec.js'
import { displayPayload } from '../payload.js'
import { themed, type Theme } from '../theme.js'
import { RendererProcess, type PictureRequest } from './renderer-process.js'

/** Size and theme of a static picture. */
export interface PictureOptions {
  readonly theme?: Theme
  /** Width in CSS pixels; default 900. */
  readonly width?: number
  /** Height in CSS pixels; default the figure's own, else 420. */
  readonly height?: number
  /** Pixels of a PNG per CSS pixel; default 2. */
  readonly scale?: number
}

export const DEFAULT_HEIGHT = 420
const DEFAULT_WIDTH = 900

type NamedSpec = FigureSpec & { readonly name: string }

let renderer: RendererProcess | undefined

/**
 * SVG texts of figures, in their order, drawn by plotly.js in a child process that lives on for the next call and ends when idle.
 * Widths of text are estimates. The same figure gives the same text each time.
 * @throws LabError `picture-failed`, `picture-needs-webgl`, `picture-process`
 */
export async function renderSvg(figures: readonly NamedSpec[], options: PictureOptions = {}): Promise<string[]> {
  return (await draw(figures, 'svg', options)) as string[]
}

/**
 * PNG files of figures, in their order: their SVG drawn with the fonts of this machine.
 * @throws LabError `picture-failed`, `picture-needs-webgl`, `picture-process`, `no-fonts`
 */
export async function renderPng(figures: readonly NamedSpec[], options: PictureOptions = {}): Promise<Uint8Array[]> {
  return (await draw(figures, 'png', options)) as Uint8Array[]
}

/** Ends the process that draws pictures, if there is one. Nothing needs to call this: it ends by itself. */
export function closeRenderer(): void {
  renderer?.close()
  renderer = undefined
}

async function draw(figures: readonly NamedSpec[], format: PictureRequest['format'], options: PictureOptions): Promise<unknown[]> {
  figures.forEach(refuseWebgl)
  if (renderer === undefined || renderer.closed) renderer = RendererProcess.open()
  const open = renderer
  return Promise.all(
    figures.map((shown) =>
      open.draw({
        name: shown.name,
        spec: themed(displayPayload(shown), options.theme ?? 'light'),
        width: options.width ?? DEFAULT_WIDTH,
        height: options.height ?? (shown.layout.height as number | undefined) ?? DEFAULT_HEIGHT,
        format,
        scale: options.scale ?? 2,
      }),
    ),
  )
}

/** Traces that plotly.js draws with WebGL, which only a browser has: without it they come out empty, or never. */
const WEBGL_TRACES = /3d$|gl$|^(surface|volume|isosurface|cone|streamtube|splom|parcoords)$|mapbox$|^(scatter|density|choropleth)map$/

function refuseWebgl({ name, data }: NamedSpec): void {
  const trace = data.find(({ type }) => typeof type === 'string' && WEBGL_TRACES.test(type))
  if (trace === undefined) return
  throw new LabError('picture-needs-webgl', 'A static picture of this figure cannot be drawn: it needs WebGL.', {
    received: `a trace of type ${trace.type as string} in ${name}`,
    expected: 'traces that are drawn as SVG, such as scatter, bar, heatmap or candlestick',
    help: 'look at the interactive figure, or use scatter in place of scattergl',
  })
}
