/**
 * Colours that stay apart for every kind of colour vision (Okabe & Ito 2008, without its yellow, which vanishes on white, and its black).
 * The i-th series of every plot has the i-th colour, so that a model keeps its colour through a whole notebook.
 */
const SERIES = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'] as const

/** Reference lines, benchmarks, everything that is not a model; readable on white and on dark. */
export const NEUTRAL = '#7F858D'
/** Train, validation, gap and test keep these colours in every plot. */
export const PART_COLORS = { train: '#0072B2', validation: '#E69F00', gap: '#C5C9D0', test: '#D55E00' } as const
export const UP_COLOR = '#009E73'
export const DOWN_COLOR = '#D55E00'

export const seriesColors: readonly string[] = SERIES

/** Colour of the i-th series; after the sixth they repeat, which {@link seriesDash} tells apart. */
export const seriesColor = (index: number): string => SERIES[index % SERIES.length]!

export const seriesDash = (index: number): 'solid' | 'dash' | 'dot' =>
  (['solid', 'dash', 'dot'] as const)[Math.min(2, Math.floor(index / SERIES.length))]!

/** `#RRGGBB` with an opacity in [0, 1]. */
export function withOpacity(color: string, opacity: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  return `rgba(${red},${green},${blue},${opacity})`
}

/** For each colour of a light figure its lighter twin on a dark page. Also applied to colours written by {@link withOpacity}. */
export const darkTwins: Readonly<Record<string, string>> = {
  '#0072B2': '#5CB3F0',
  '#D55E00': '#FF8A3D',
  '#009E73': '#2FC79B',
  '#CC79A7': '#E59AC4',
  '#E69F00': '#F2B63C',
  '#56B4E9': '#9AD4F7',
  '#C5C9D0': '#4A515B',
}
