import koffi, { type LibraryHandle } from 'koffi'
import { barColumns, computeColumns } from '../../src/indicators/index.js'
import { talibLibrary, type Peers } from '../../test/fixtures/peer-packages.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { talibFunctions, type TalibFunction } from '../../test/fixtures/talib-functions.js'
import { median, milliseconds } from './timing.js'

const GATE = 2

/**
 * Every function in common, both from the same arrays into arrays that are there: a call through koffi (some microseconds) against computeColumns of that function's
 * columns alone.
 */
export function againstTalib(peers: Peers, rows: number, repeats: number) {
  const library = koffi.load(talibLibrary(peers))
  library.func('int TA_Initialize()')()
  const bars = randomBars(rows, 1, 0.001)
  const functions = talibFunctions.map((fn) => {
    const columns = Object.fromEntries(fn.ours(barColumns()).map((column, k) => [String(k), column]))
    const into = Object.fromEntries(Object.keys(columns).map((name) => [name, new Float64Array(rows)]))
    const theirs = call(library, fn, Object.keys(columns).length)
    const out = Object.values(into)
    const ours = (): void => void computeColumns(bars, columns, into)
    const peer = (): void => {
      const status = theirs(0, rows - 1, ...fn.inputs.map((name) => bars[name]), ...fn.options, [0], [0], ...out) as number
      if (status !== 0) throw new Error(`TA_${fn.name} ended with ${status}`)
    }
    for (let warm = 0; warm < 3; warm++) {
      ours()
      peer()
    }
    const pairs = Array.from({ length: repeats }, () => [milliseconds(ours), milliseconds(peer)] as const)
    return { name: fn.name, oursMs: median(pairs.map(([ms]) => ms)), theirsMs: median(pairs.map(([, ms]) => ms)) }
  })
  const all = Object.fromEntries(talibFunctions.flatMap((fn) => fn.ours(barColumns()).map((column, k) => [`${fn.name} ${k}`, column])))
  const into = Object.fromEntries(Object.keys(all).map((name) => [name, new Float64Array(rows)]))
  const oneGraph = Array.from({ length: 3 }, () => milliseconds(() => void computeColumns(bars, all, into)))
  const sum = (key: 'oursMs' | 'theirsMs'): number => functions.reduce((total, row) => total + row[key], 0)
  const [oursMs, theirsMs] = [sum('oursMs'), sum('theirsMs')]
  return {
    bars: rows,
    repeats,
    functions,
    oursMs,
    theirsMs,
    ratio: oursMs / theirsMs,
    oneGraphMs: median(oneGraph),
    gate: GATE,
    passed: oursMs / theirsMs <= GATE,
  }
}

function call(library: LibraryHandle, { name, inputs, options, doubles = [] }: TalibFunction, outputs: number) {
  const given = inputs.map(() => 'const void *')
  const settings = options.map((_, k) => (doubles.includes(k) ? 'double' : 'int'))
  const out = Array.from({ length: outputs }, () => 'void *')
  return library.func(`int TA_${name}(${['int', 'int', ...given, ...settings, '_Out_ int *', '_Out_ int *', ...out].join(', ')})`)
}
