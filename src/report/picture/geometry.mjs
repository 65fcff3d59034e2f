// Sizes and places of SVG elements, which jsdom does not compute and plotly.js asks for when it makes room for labels, titles and legends.

// Advance widths of DejaVu Sans in em (the widest of the fonts that are likely), so that estimated text never overflows its room.
const WIDTHS = [
  ["ijlI|.,:;'!", 0.32],
  [' ftr()[]{}/-"', 0.4],
  ['mwMWQO@%', 0.9],
]
const OTHER_WIDTH = 0.61
const CAPITAL_WIDTH = 0.68
function characterWidth(character) {
  for (const [characters, width] of WIDTHS) if (characters.includes(character)) return width
  return character >= 'A' && character <= 'Z' ? CAPITAL_WIDTH : OTHER_WIDTH
}
export const textWidth = (text, fontSize) => [...text].reduce((sum, character) => sum + characterWidth(character), 0) * fontSize

const ASCENT = 0.93
const DESCENT = 0.24
const DEFAULT_FONT_SIZE = 12

function inherited(element, property, fallback) {
  for (let at = element; at?.getAttribute; at = at.parentNode) {
    const value = at.style?.getPropertyValue(property) || at.getAttribute(property)
    if (value) return value
  }
  return fallback
}
const number = (element, name) => Number.parseFloat(element.getAttribute(name)) || 0

const IDENTITY = [1, 0, 0, 1, 0, 0]
const multiply = ([a, b, c, d, e, f], [g, h, i, j, k, l]) => [
  a * g + c * h,
  b * g + d * h,
  a * i + c * j,
  b * i + d * j,
  a * k + c * l + e,
  b * k + d * l + f,
]
const translate = (x, y = 0) => [1, 0, 0, 1, x, y]
function rotate(degrees, x = 0, y = 0) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return multiply(multiply(translate(x, y), [cos, sin, -sin, cos, 0, 0]), translate(-x, -y))
}
const TRANSFORMS = { translate, rotate, scale: (x, y = x) => [x, 0, 0, y, 0, 0], matrix: (...six) => six }

function ownTransform(element) {
  let matrix = IDENTITY
  for (const [, name, numbers] of (element.getAttribute('transform') ?? '').matchAll(/(\w+)\(([^)]*)\)/g))
    if (TRANSFORMS[name])
      matrix = multiply(
        matrix,
        TRANSFORMS[name](
          ...numbers
            .trim()
            .split(/[\s,]+/)
            .map(Number),
        ),
      )
  return element.tagName === 'svg' ? multiply(translate(number(element, 'x'), number(element, 'y')), matrix) : matrix
}

/** [left, top, right, bottom] after a transform. */
function transformed(box, [a, b, c, d, e, f]) {
  if (box === undefined) return undefined
  const [left, top, right, bottom] = box
  const corners = [left, right].flatMap((x) => [top, bottom].map((y) => [a * x + c * y + e, b * x + d * y + f]))
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}
const union = (one, other) =>
  one === undefined || other === undefined
    ? (one ?? other)
    : [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[2], other[2]), Math.max(one[3], other[3])]

function textBox(element) {
  const fontSize = Number.parseFloat(inherited(element, 'font-size', '')) || DEFAULT_FONT_SIZE
  const lines = [...element.querySelectorAll('tspan.line')]
  const texts = lines.length > 0 ? lines.map((line) => line.textContent) : [element.textContent ?? '']
  const width = Math.max(...texts.map((text) => textWidth(text, fontSize)))
  if (width === 0) return undefined
  const anchor = inherited(element, 'text-anchor', 'start')
  const left = number(element, 'x') - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0)
  const baseline = number(element, 'y')
  return [left, baseline - ASCENT * fontSize, left + width, baseline + DESCENT * fontSize + (texts.length - 1) * 1.3 * fontSize]
}

/** Of a path the hull of its absolute points: plotly.js writes M, L, H, V and Z, and arcs only inside markers. */
function pathBox(element) {
  let [x, y] = [0, 0]
  let box
  for (const [, command, rest] of (element.getAttribute('d') ?? '').matchAll(/([MLHV])([^A-Za-z]*)/g)) {
    const numbers = (rest.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
    const step = command === 'H' || command === 'V' ? 1 : 2
    for (let at = 0; at + step <= numbers.length; at += step) {
      if (command !== 'V') x = numbers[at]
      if (command !== 'H') y = numbers[at + step - 1]
      box = union(box, [x, y, x, y])
    }
  }
  return box
}

/** Box of an element in its own coordinates, undefined where it draws nothing. */
export function localBox(element) {
  switch (element.tagName) {
    case 'text':
      return textBox(element)
    case 'path':
      return pathBox(element)
    case 'rect':
    case 'image': {
      const [x, y] = [number(element, 'x'), number(element, 'y')]
      return [x, y, x + number(element, 'width'), y + number(element, 'height')]
    }
    case 'circle': {
      const [x, y, r] = [number(element, 'cx'), number(element, 'cy'), number(element, 'r')]
      return [x - r, y - r, x + r, y + r]
    }
    case 'g':
    case 'svg':
    case 'a':
      return [...element.children].reduce((box, child) => union(box, transformed(localBox(child), ownTransform(child))), undefined)
    default:
      return undefined
  }
}

/** Box of an element in the coordinates of the outermost picture. An element that draws nothing has no size. */
export function pageBox(element) {
  let box = localBox(element) ?? [0, 0, 0, 0]
  for (let at = element; at?.getAttribute && at.tagName !== 'DIV'; at = at.parentNode) box = transformed(box, ownTransform(at))
  return box
}
