import { describe, expect, it } from 'vitest'
import { COLOUR_VISIONS, colorDifference, contrastRatio, labColor } from '../../test/fixtures/colour-vision.js'
import { darkTwins, DOWN_COLOR, NEUTRAL, PART_COLORS, seriesColor, seriesColors, seriesDash, UP_COLOR } from './palette.js'
import { CELL_INK, SHARE_SCALE } from './plots/confusion-matrix.js'
import { plotTemplate, type Theme } from './theme.js'

/**
 * Least CIEDE2000 difference of two colours that stand in one plot, for every kind of colour vision. A difference of 1 to 2 is just seen between large patches that touch; lines
 * of two pixels and small markers, a legend away from each other, need several times that. 10 is commonly taken as told apart at a glance; this asks for more.
 */
const APART = 12
/** WCAG 1.4.11: graphics that are needed to understand. */
const CONTRAST = 3

const inTheme = (color: string, theme: Theme): string => (theme === 'light' ? color : (darkTwins[color] ?? color))
const paper = (theme: Theme): string => (plotTemplate(theme).layout as { paper_bgcolor: string }).paper_bgcolor

const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  'series and benchmark': [...seriesColors, NEUTRAL],
  'parts of a fold': Object.values(PART_COLORS),
  'up and down': [UP_COLOR, DOWN_COLOR, NEUTRAL],
}

describe.each(['light', 'dark'] as const)('colours on %s', (theme) => {
  describe.each(Object.entries(TOGETHER))('%s', (_name, colors) => {
    const shown = [...new Set(colors.map((color) => inTheme(color, theme)))]

    it('has no two that become one', () => {
      expect(shown).toHaveLength(new Set(colors).size)
    })

    it.each(Object.entries(COLOUR_VISIONS))('stay apart in %s vision', (_vision, matrix) => {
      const near = shown.flatMap((a, i) =>
        shown.slice(i + 1).flatMap((b) => {
          const difference = colorDifference(labColor(a, matrix), labColor(b, matrix))
          return difference >= APART ? [] : [`${a} ${b}: ${difference.toFixed(1)}`]
        }),
      )
      expect(near).toEqual([])
    })

    it('stand out from the background', () => {
      expect(shown.filter((color) => contrastRatio(color, paper(theme)) < CONTRAST)).toEqual([])
    })
  })
})

it('text on the cells of a confusion matrix can be read on every shade', () => {
  for (const [, shade] of SHARE_SCALE) expect(contrastRatio(CELL_INK, shade)).toBeGreaterThan(4.5)
  expect(darkTwins).not.toHaveProperty(CELL_INK)
})

describe('the series', () => {
  it('have a second cue where colours repeat', () => {
    const cues = Array.from({ length: 3 * seriesColors.length }, (_, i) => `${seriesColor(i)} ${seriesDash(i)}`)
    expect(new Set(cues).size).toBe(cues.length)
  })
})

describe('the measure', () => {
  // Sharma, Wu and Dalal 2005, table 1: pairs 1, 7, 10, 14, 17, 20, 25, 33.
  it.each([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
    [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [58, 24, 15], 19.4535],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377],
  ] as const)('is CIEDE2000: %j %j', (a, b, difference) => {
    expect(colorDifference(a, b)).toBeCloseTo(difference, 4)
    expect(colorDifference(b, a)).toBeCloseTo(difference, 4)
  })

  it('knows black, white and the ratio between them', () => {
    expect(contrastRatio('#000000', '#FFFFFF')).toBeCloseTo(21, 10)
    expect(labColor('#FFFFFF')[0]).toBeCloseTo(100, 6)
    expect(labColor('#FF0000').map((value) => Math.round(value))).toEqual([53, 80, 67])
  })
})
