/**
 * Six colours and a grey that stay apart for every kind of colour vision and stand out from white; their twins below do so on the dark page. Found by search near the usual
 * blue, vermilion and green: any two differ by CIEDE2000 14 or more under protanopia, deuteranopia and tritanopia (palette.test.ts measures it).
 * The i-th series of every plot has the i-th colour, so that a model keeps its colour through a whole notebook.
 */
const SERIES = ['#0F5EA5', '#AC4A00', '#27A377', '#AD7BDD', '#E07400', '#6C214E'] as const

/** Reference lines, benchmarks, everything that is not a model; readable on white and on dark. */
export const NEUTRAL = '#7F858D'
/** Train, validation, gap and test keep these colours in every plot. */
export const PART_COLORS = { train: SERIES[0], validation: SERIES[2], gap: NEUTRAL, test: SERIES[1] } as const
/** Rising prices, ups. */
export const UP_COLOR = SERIES[2]
/** Falling prices, downs. */
export const DOWN_COLOR = SERIES[1]
/** Marks that must stand out from every series: fills on a price. */
export const INK = '#24292F'

/** The colours of series, in their order. */
export const seriesColors: readonly string[] = SERIES

/** Colour of the i-th series; after the sixth they repeat, which {@link seriesDash} tells apart. */
export const seriesColor = (index: number): string => SERIES[index % SERIES.length]!

/** Dash of the i-th series: solid for the first six, then dash, then dot. */
export const seriesDash = (index: number): 'solid' | 'dash' | 'dot' =>
  (['solid', 'dash', 'dot'] as const)[Math.min(2, Math.floor(index / SERIES.length))]!

/** `#RRGGBB` with an opacity in [0, 1]. */
export function withOpacity(color: string, opacity: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  return `rgba(${red},${green},${blue},${opacity})`
}

/** For each colour of a light figure its lighter twin on a dark page. Also applied to colours written by {@link withOpacity}. */
export const darkTwins: Readonly<Record<string, string>> = {
  '#0F5EA5': '#388ECD',
  '#AC4A00': '#DB9256',
  '#27A377': '#58E7BD',
  '#AD7BDD': '#D8BFFF',
  '#E07400': '#FAD80F',
  '#6C214E': '#DD3876',
  [NEUTRAL]: '#8B929B',
  [INK]: '#D7DCE2',
}
