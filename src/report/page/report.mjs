// Runs inside the report: draws each figure when it comes near the screen, in the colours the reader prefers. The other files of this folder stand before it in one function.
const page = JSON.parse(document.getElementById('figures').textContent)
const dark = matchMedia('(prefers-color-scheme: dark)')
const plots = [...document.querySelectorAll('.plot')]
const config = {
  responsive: true,
  displaylogo: false,
  displayModeBar: 'hover',
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'],
}
// As the style of the figure's place.
const FIGURE_HEIGHT = 420
const NARROW = 560
/** A figure on paper, in CSS pixels: A4 and Letter have room for the width between their usual margins, and for two of the height. */
const PAPER = { width: 660, height: 390 }
/** Higher ones are as high as what they list. */
const ADJUSTABLE = 560

const darken = (figure) => JSON.parse(page.darkReplacements.reduce((text, [from, to]) => text.split(from).join(to), JSON.stringify(figure)))

function layoutFor(figure, theme, width, onPaper) {
  const { height = FIGURE_HEIGHT, ...layout } = figure.layout
  const margin = { t: 24, r: 12, ...layout.margin }
  // A finger that scrolls the page must not pan a figure; on a narrow screen the title of a value axis costs more room than it is worth.
  const narrow = width < NARROW ? { dragmode: false, font: { ...page.templates[theme].layout.font, size: 11 } } : {}
  const size = onPaper ? { width: PAPER.width, height: paperHeight(height), autosize: false } : { autosize: true }
  return { ...layout, ...narrow, ...size, margin, template: page.templates[theme] }
}

const paperHeight = (height) => (height <= ADJUSTABLE ? Math.min(height, PAPER.height) : height)

async function draw(plot, onPaper = false) {
  const theme = !onPaper && dark.matches ? 'dark' : 'light'
  const source = page.figures[plot.dataset.figure]
  const figure = theme === 'dark' ? darken(source) : JSON.parse(JSON.stringify(source))
  plot.dataset.drawn = theme
  const height = source.layout.height ?? FIGURE_HEIGHT
  plot.style.height = `${onPaper ? paperHeight(height) : height}px`
  plot.firstRanges = Object.fromEntries(
    Object.entries(source.layout).flatMap(([name, part]) => (part?.range === undefined ? [] : [[name, [...part.range]]])),
  )
  await Plotly.react(plot, figure.data, layoutFor(figure, theme, plot.clientWidth, onPaper), config)
  describe(plot)
}

/** To a screen reader a figure is one picture with a name. Its buttons are for the mouse: keys and the panel below do the same. */
function describe(plot) {
  const [first, ...others] = plot.querySelectorAll('.main-svg')
  first.setAttribute('role', 'img')
  first.setAttribute('aria-label', plot.getAttribute('aria-label'))
  for (const other of others) other.setAttribute('aria-hidden', 'true')
  for (const button of plot.querySelectorAll('.modebar-btn')) button.tabIndex = -1
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries)
      if (isIntersecting) {
        near.unobserve(target)
        draw(target)
      }
  },
  { rootMargin: '400px' },
)
for (const plot of plots) {
  near.observe(plot)
  addKeys(plot)
}
for (const panel of document.querySelectorAll('.numbers'))
  panel.addEventListener('toggle', () => {
    const plot = panel.parentElement.querySelector('.plot')
    if (panel.childElementCount === 1) fillNumbers(panel, plot, page.figures[plot.dataset.figure], panel.dataset.title)
  })

dark.addEventListener('change', () => plots.filter((plot) => plot.dataset.drawn).forEach((plot) => draw(plot)))
addEventListener('beforeprint', () => plots.forEach((plot) => draw(plot, true)))
addEventListener('afterprint', () => plots.forEach((plot) => draw(plot)))
