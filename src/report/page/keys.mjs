// Runs inside the report: what a mouse does to a figure, by keys while it has the focus. Arrows move, plus and minus zoom, 0 resets.

const MOVED_BY = 0.15
const ZOOMED_BY = 1.4

function addKeys(plot) {
  plot.addEventListener('keydown', (event) => {
    if (event.target !== plot || event.ctrlKey || event.metaKey || event.altKey) return
    const change = keyChange(plot, event.key)
    if (change === undefined) return
    event.preventDefault()
    Plotly.relayout(plot, change)
  })
}

/** New ranges of the axes for a key, as Plotly.relayout takes them; undefined for a key that means nothing here. */
function keyChange(plot, key) {
  const axes = Object.entries(plot._fullLayout ?? {}).filter(
    ([name, axis]) => /^[xy]axis\d*$/.test(name) && axis.r2l !== undefined && axis.type !== 'category',
  )
  const ranges = (letter, next) =>
    Object.fromEntries(
      axes
        .filter(([name]) => name.startsWith(letter))
        .map(([name, axis]) => {
          const [from, to] = axis.range.map((end) => axis.r2l(end))
          return [`${name}.range`, next(from, to).map((end) => axis.l2r(end))]
        }),
    )
  const move = (letter, by) => ranges(letter, (from, to) => [from + by * (to - from), to + by * (to - from)])
  const zoom = (by) => ranges('x', (from, to) => [(from + to) / 2 - (by * (to - from)) / 2, (from + to) / 2 + (by * (to - from)) / 2])
  switch (key) {
    case 'ArrowLeft':
      return move('x', -MOVED_BY)
    case 'ArrowRight':
      return move('x', MOVED_BY)
    case 'ArrowUp':
      return move('y', MOVED_BY)
    case 'ArrowDown':
      return move('y', -MOVED_BY)
    case '+':
    case '=':
      return zoom(1 / ZOOMED_BY)
    case '-':
      return zoom(ZOOMED_BY)
    case '0':
      return Object.fromEntries(axes.flatMap(([name, axis]) => firstRange(plot, name, axis)))
    default:
      return undefined
  }
}

/** The range that a figure came with, else whatever holds all of its points. */
function firstRange(plot, name, axis) {
  const given = plot.firstRanges?.[name]
  return given === undefined ? [[`${name}.autorange`, axis.autorange === 'reversed' ? 'reversed' : true]] : [[`${name}.range`, given]]
}
