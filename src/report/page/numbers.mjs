// Runs inside the report: the numbers of a figure as tables, for readers that cannot see it or cannot point at it.

/** More rows than this are not read; what is shown lies evenly over all. */
const MOST_ROWS = 100
/** A map of many features is cut: its corner says how it is meant, the rest is in the picture. */
const MOST_CELLS = 30

/** Tables of a Plotly figure, a named trace each: `{ name, headings, rows, count }`, `count` being how many rows there are in all. */
function figureNumbers({ data, layout }) {
  return data.flatMap((trace) => {
    if (trace.type === 'heatmap') return [mapNumbers(trace)]
    const columns = trace.type === 'candlestick' ? candleColumns(trace) : pointColumns(trace, layout)
    const count = columns[0]?.values.length ?? 0
    if (count === 0 || columns.every(({ values }) => values.every((value) => value === null))) return []
    const at = evenRows(count)
    return [
      {
        name: trace.name ?? '',
        headings: columns.map(({ heading }) => heading),
        rows: at.map((row) => columns.map(({ values }) => String(values[row] ?? ''))),
        count,
      },
    ]
  })
}

const evenRows = (count) =>
  count <= MOST_ROWS
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: MOST_ROWS }, (_, i) => Math.round((i * (count - 1)) / (MOST_ROWS - 1)))

const candleColumns = (trace) =>
  ['x', 'open', 'high', 'low', 'close'].map((key) => ({ heading: key === 'x' ? 'time' : key, values: trace[key] }))

/** Where it stands, what it is there, and the ends of its whiskers; a bar that begins somewhere has both its ends. */
function pointColumns(trace, layout) {
  const column = (letter) => ({ heading: axisOf(trace, layout, letter).title?.text || letter, values: named(trace, layout, letter) })
  const across = trace.orientation === 'h'
  if (trace.base !== undefined && trace.customdata !== undefined)
    return [
      { heading: 'part of', values: trace.y },
      ...['from', 'to', 'rows'].map((heading, k) => ({ heading, values: trace.customdata.map((one) => one[k]) })),
    ]
  const columns = across ? [column('y'), column('x')] : [column('x'), column('y')]
  const whiskers = trace.error_y ?? trace.error_x
  const of = trace.error_y === undefined ? trace.x : trace.y
  if (whiskers?.array !== undefined)
    columns.push(
      { heading: 'from', values: of.map((value, i) => rounded(value - (whiskers.arrayminus ?? whiskers.array)[i])) },
      { heading: 'to', values: of.map((value, i) => rounded(value + whiskers.array[i])) },
    )
  return columns.map(({ heading, values }) => ({ heading, values: values ?? [] }))
}

const rounded = (value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null)

function axisOf(trace, layout, letter) {
  const own = trace[`${letter}axis`] ?? letter
  return layout[`${letter}axis${own.slice(1)}`] ?? {}
}

/** Values of one axis; where the axis has names for them (models that stand side by side in a fold), the nearest name. */
function named(trace, layout, letter) {
  const { tickvals, ticktext } = axisOf(trace, layout, letter)
  const values = trace[letter] ?? []
  if (tickvals === undefined || ticktext === undefined) return values
  return values.map((value) => {
    const nearest = tickvals.reduce((best, tick, i) => (Math.abs(tick - value) < Math.abs(tickvals[best] - value) ? i : best), 0)
    return ticktext[nearest]
  })
}

function mapNumbers({ x, y, z, text }) {
  const columns = x.slice(0, MOST_CELLS)
  return {
    name: '',
    headings: ['', ...columns],
    rows: y
      .slice(0, MOST_CELLS)
      .map((name, i) => [name, ...columns.map((_, j) => String(text?.[i]?.[j] ?? z[i][j] ?? '').replace('<br>', ', '))]),
    count: y.length,
  }
}

/** Fills the panel below a figure: a box for each curve, which shows or hides it, a button that saves the picture, and the tables. */
function fillNumbers(panel, plot, figure, title) {
  const part = (tag, text, attributes = {}) => {
    const element = document.createElement(tag)
    if (text !== '') element.textContent = text
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return element
  }
  panel.append(curveBoxes(part, plot, figure))
  const save = part('button', 'Save the picture', { type: 'button' })
  save.addEventListener('click', () => Plotly.downloadImage(plot, { format: 'png', filename: plot.dataset.figure }))
  panel.append(save)
  for (const { name, headings, rows, count } of figureNumbers(figure)) {
    const table = part('table', '')
    const shown = rows.length < count ? `, ${rows.length} of ${count} points` : ''
    table.append(part('caption', `${name === '' ? title : name}${shown}`))
    const head = table.createTHead().insertRow()
    for (const heading of headings) head.append(heading === '' ? part('td', '') : part('th', heading, { scope: 'col' }))
    const body = table.createTBody()
    for (const [first, ...others] of rows) {
      const line = body.insertRow()
      line.append(part('th', first, { scope: 'row' }), ...others.map((value) => part('td', value)))
    }
    const frame = part('div', '', {
      class: 'scroll',
      tabindex: '0',
      role: 'group',
      'aria-label': `Numbers of ${title}${name === '' ? '' : `: ${name}`}`,
    })
    frame.append(table)
    panel.append(frame)
  }
}

/** What a click on the legend does, by boxes. Traces of one legend group go together. */
function curveBoxes(part, plot, figure) {
  const groups = new Map()
  figure.data.forEach((trace, i) => {
    const key = trace.legendgroup ?? trace.name
    if (key === undefined || (trace.showlegend === false && !groups.has(key))) return
    groups.set(key, { name: groups.get(key)?.name ?? trace.name, traces: [...(groups.get(key)?.traces ?? []), i] })
  })
  const field = part('fieldset', '')
  if (groups.size < 2) return document.createDocumentFragment()
  field.append(part('legend', 'Shown'))
  for (const { name, traces } of groups.values()) {
    const label = part('label', '')
    const box = part('input', '', { type: 'checkbox' })
    box.checked = true
    box.addEventListener('change', () => Plotly.restyle(plot, { visible: box.checked }, traces))
    label.append(box, ` ${name}`)
    field.append(label)
  }
  return field
}
