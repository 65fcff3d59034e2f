// Child process that turns Plotly figures into SVG and PNG: plotly.js in jsdom, with the few browser parts that jsdom lacks.
// Plain JavaScript, so that it starts without a compiler. It answers one message at a time and ends when its parent does.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'
import { Resvg } from '@resvg/resvg-js'
import { JSDOM, VirtualConsole } from 'jsdom'
import { localBox, pageBox } from './geometry.mjs'

const require = createRequire(import.meta.url)

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

/** PNG of RGBA pixels: what a canvas' toDataURL would give. */
function encodePng(width, height, pixels) {
  const rows = Buffer.alloc((width * 4 + 1) * height)
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6], 8)
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', Buffer.alloc(0))])
}

/** The part of a 2D canvas that plotly.js draws heatmaps with. */
function canvasContext(canvas) {
  const { width, height } = canvas
  const pixels = (canvas.labPixels = new Uint8ClampedArray(width * height * 4))
  return {
    fillStyle: '',
    createImageData: (w, h) => ({ width: w, height: h, data: new Uint8ClampedArray(w * h * 4) }),
    putImageData: (image) => pixels.set(image.data),
    fillRect(x, y, w, h) {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (String(this.fillStyle).match(/[\d.]+/g) ?? []).map(Number)
      for (let row = Math.max(0, Math.round(y)); row < Math.min(height, Math.round(y + h)); row++)
        for (let column = Math.max(0, Math.round(x)); column < Math.min(width, Math.round(x + w)); column++)
          pixels.set([red, green, blue, alpha * 255], (row * width + column) * 4)
    },
  }
}

function openWindow() {
  const dom = new JSDOM('<!doctype html><body><div id="graph"></div></body>', {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(), // jsdom's "not implemented" notes are expected here
  })
  const { window } = dom
  window.URL.createObjectURL = () => 'blob:none'
  const svg = window.SVGElement.prototype
  svg.getBBox = function () {
    const [left, top, right, bottom] = localBox(this) ?? [0, 0, 0, 0]
    return { x: left, y: top, width: right - left, height: bottom - top }
  }
  svg.getComputedTextLength = function () {
    return this.getBBox().width
  }
  const identity = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0, inverse: () => identity, multiply: () => identity }
  svg.getScreenCTM = () => identity
  window.Element.prototype.getBoundingClientRect = function () {
    const { width, height } = window.labSize
    const [left, top, right, bottom] = this.tagName === 'DIV' ? [0, 0, width, height] : pageBox(this)
    return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top }
  }
  window.HTMLCanvasElement.prototype.getContext = function () {
    return canvasContext(this)
  }
  window.HTMLCanvasElement.prototype.toDataURL = function () {
    return `data:image/png;base64,${encodePng(this.width, this.height, this.labPixels).toString('base64')}`
  }
  window.labSize = { width: 900, height: 450 }
  window.eval(readFileSync(require.resolve('plotly.js-dist-min'), 'utf8'))
  return window
}

let opened
/** Ids inside a picture are drawn from Math.random: seeded by the figure's name they are the same each time, and unlike those of another figure. */
function seedRandom(window, name) {
  let state = crc32(Buffer.from(name))
  window.Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

async function drawSvg({ name, spec, width, height }) {
  const window = (opened ??= openWindow())
  seedRandom(window, name)
  window.labSize = { width, height }
  window.labFigure = JSON.stringify(spec) // as text: objects of this realm are not objects of the window's
  return window.eval(`(async () => {
    const { data, layout } = JSON.parse(labFigure)
    const graph = document.getElementById('graph')
    const size = { width: ${width}, height: ${height} }
    await Plotly.newPlot(graph, data, { ...layout, ...size }, { staticPlot: true, responsive: false })
    const svg = Plotly.Snapshot.toSVG(graph, 'svg', 1)
    Plotly.purge(graph)
    return svg
  })()`)
}

const FONTS = { loadSystemFonts: true, sansSerifFamily: 'DejaVu Sans' }
let hasFonts
/** True where the machine has any font: without one a picture would silently come out with no text at all. */
function fontsInstalled() {
  const probe = '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="20"><text y="15" font-family="sans-serif">Aa</text></svg>'
  return (hasFonts ??= new Resvg(probe, { font: FONTS }).getBBox() !== undefined)
}

function drawPng(svg, scale) {
  if (!fontsInstalled()) throw Object.assign(new Error('no font is installed'), { code: 'no-fonts' })
  return Buffer.from(new Resvg(svg, { font: FONTS, fitTo: { mode: 'zoom', value: scale } }).render().asPng())
}

async function answer(request) {
  const svg = await drawSvg(request)
  return request.format === 'png' ? drawPng(svg, request.scale) : svg
}

process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {}) // Ctrl-C reaches the whole group: the parent decides
let turn = Promise.resolve()
process.on('message', (request) => {
  turn = turn.then(async () => {
    const reply = await answer(request).then(
      (picture) => ({ id: request.id, picture }),
      (error) => ({ id: request.id, error: { message: String(error?.message ?? error), code: error?.code } }),
    )
    if (process.connected) process.send(reply)
  })
})
