// Runs inside the report: draws each figure when it comes near the screen, in the colours the reader prefers.
;(() => {
  'use strict'
  const page = JSON.parse(document.getElementById('figures').textContent)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const plots = [...document.querySelectorAll('.plot')]
  const config = {
    responsive: true,
    displaylogo: false,
    displayModeBar: 'hover',
    modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'],
  }
  const NARROW = 560

  const darken = (figure) =>
    JSON.parse(page.darkReplacements.reduce((text, [from, to]) => text.split(from).join(to), JSON.stringify(figure)))

  function layoutFor(figure, theme, width) {
    const { height, ...layout } = figure.layout
    const margin = { t: 24, r: 12, ...layout.margin }
    // A finger that scrolls the page must not pan a figure; on a narrow screen the title of a value axis costs more room than it is worth.
    const narrow = width < NARROW ? { dragmode: false, font: { ...page.templates[theme].layout.font, size: 11 } } : {}
    return { ...layout, ...narrow, margin, template: page.templates[theme], autosize: true }
  }

  function draw(plot, forced) {
    const theme = forced ?? (dark.matches ? 'dark' : 'light')
    const source = page.figures[plot.dataset.figure]
    const figure = theme === 'dark' ? darken(source) : JSON.parse(JSON.stringify(source))
    plot.dataset.drawn = theme
    return Plotly.react(plot, figure.data, layoutFor(figure, theme, plot.clientWidth), config)
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
  for (const plot of plots) near.observe(plot)

  dark.addEventListener('change', () => plots.filter((plot) => plot.dataset.drawn).forEach((plot) => draw(plot)))
  addEventListener('beforeprint', () => plots.forEach((plot) => draw(plot, 'light')))
  addEventListener('afterprint', () => plots.forEach((plot) => draw(plot)))
})()
