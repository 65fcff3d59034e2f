import { expect, it } from 'vitest'
import { darkTwins, seriesColors, withOpacity } from './palette.js'
import { plotTemplate, themed } from './theme.js'

/** Contrast ratio of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [r, g, b] = [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

it('recolours a figure for a dark page and leaves the original alone', () => {
  const spec = { data: [{ line: { color: '#0F5EA5' }, fillcolor: withOpacity('#AC4A00', 0.2) }], layout: { title: { text: 'x' } } }
  const before = JSON.stringify(spec)
  const dark = themed(spec, 'dark')
  expect(dark.data[0]).toEqual({ line: { color: darkTwins['#0F5EA5'] }, fillcolor: withOpacity(darkTwins['#AC4A00']!, 0.2) })
  expect(dark.layout.template).toEqual(plotTemplate('dark'))
  expect(themed(spec, 'light').data).toEqual(spec.data)
  expect(JSON.stringify(spec)).toBe(before)
})

it('has text and lines that stand out from the paper in both themes', () => {
  for (const theme of ['light', 'dark'] as const) {
    const { layout } = plotTemplate(theme) as { layout: { paper_bgcolor: string; font: { color: string }; colorway: string[] } }
    expect(contrast(layout.font.color, layout.paper_bgcolor)).toBeGreaterThan(7)
    const most = theme === 'light' ? layout.colorway.slice(0, 3) : layout.colorway
    for (const color of most) expect(contrast(color, layout.paper_bgcolor), color).toBeGreaterThan(3)
    expect(layout.colorway).toHaveLength(seriesColors.length)
  }
})
