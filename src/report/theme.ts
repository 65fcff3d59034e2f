import type { FigureSpec } from './figure-spec.js'
import { darkTwins, seriesColors, withOpacity } from './palette.js'

export type Theme = 'light' | 'dark'

interface Ink {
  readonly paper: string
  readonly text: string
  readonly grid: string
  readonly line: string
}

const INKS: Record<Theme, Ink> = {
  light: { paper: '#FFFFFF', text: '#24292F', grid: '#E6E8EB', line: '#9AA1AA' },
  dark: { paper: '#14171B', text: '#D7DCE2', grid: '#2A3037', line: '#5A626C' },
}

/** Fonts of pages and pictures: the reader's own first, DejaVu where a server has nothing else. Without quotes, which plotly.js would damage in an SVG. */
export const FONT_FAMILY = 'system-ui, Segoe UI, Roboto, Helvetica Neue, DejaVu Sans, sans-serif'

/** Plotly template of this project: no boxes, light grid, room for labels, legend below the plot. */
export function plotTemplate(theme: Theme): Record<string, unknown> {
  const ink = INKS[theme]
  const axis = {
    automargin: true,
    gridcolor: ink.grid,
    linecolor: ink.line,
    showline: true,
    tickcolor: ink.line,
    ticks: 'outside',
    ticklen: 4,
    title: { standoff: 10, font: { size: 13 } },
    zeroline: false,
  }
  const colors = theme === 'light' ? seriesColors : seriesColors.map((color) => darkTwins[color] ?? color)
  return {
    layout: {
      annotationdefaults: { font: { color: ink.text, size: 12 } },
      colorway: [...colors],
      font: { family: FONT_FAMILY, size: 12, color: ink.text },
      hoverlabel: { bgcolor: ink.paper, bordercolor: ink.line, font: { color: ink.text } },
      hovermode: 'closest',
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1.02, yanchor: 'bottom', bgcolor: 'rgba(0,0,0,0)', title: { text: '' } },
      margin: { l: 56, r: 20, t: 64, b: 48 },
      paper_bgcolor: ink.paper,
      plot_bgcolor: ink.paper,
      title: { x: 0, xref: 'paper', xanchor: 'left', yref: 'container', y: 1, yanchor: 'top', pad: { t: 12 }, font: { size: 16 } },
      xaxis: axis,
      yaxis: axis,
    },
  }
}

/** The same figure in one theme: template added, and on dark every known colour replaced by its lighter twin. The argument is not changed. */
export function themed(spec: FigureSpec, theme: Theme): FigureSpec {
  const recolored = theme === 'light' ? spec : (JSON.parse(darken(JSON.stringify({ data: spec.data, layout: spec.layout }))) as FigureSpec)
  return { data: recolored.data, layout: { template: plotTemplate(theme), ...recolored.layout } }
}

/** Pairs of texts that turn the JSON of a light figure into that of a dark one; the report's page uses the same list. */
export function darkReplacements(): [string, string][] {
  return Object.entries(darkTwins).flatMap(([light, dark]): [string, string][] => [
    [`"${light}"`, `"${dark}"`],
    // Opacity follows: only the three channels are replaced.
    [withOpacity(light, 0).slice(0, -2), withOpacity(dark, 0).slice(0, -2)],
  ])
}

const darken = (json: string): string => darkReplacements().reduce((text, [light, dark]) => text.replaceAll(light, dark), json)
