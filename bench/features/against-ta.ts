import { computeColumns, barColumns } from '../../src/indicators/index.js'
import { askPython, type Peers } from '../../test/fixtures/peer-packages.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { taFunctions } from '../../test/fixtures/ta-functions.js'
import { median, milliseconds } from './timing.js'

const GATE = 20

/** Every function in common, whole series to new columns; both warm, `ta` timed inside its own process. */
export function againstTa(peers: Peers, rows: number, repeats: number) {
  const bars = randomBars(rows, 1, 0.001)
  const script = `
import time, warnings
import pandas as pd, ta
warnings.filterwarnings('ignore')
open_, high, low, close, volume = [pd.Series(c) for c in columns]
for code in request['codes']:
    took = []
    for _ in range(request['repeats'] + 1):
        started = time.perf_counter()
        eval(code)
        took.append(1000 * (time.perf_counter() - started))
    answer(took[1:])
`
  const request = { codes: taFunctions.map(({ code }) => code), repeats: Math.min(3, repeats) }
  const theirs = askPython(peers, script, request, [bars.open, bars.high, bars.low, bars.close, bars.volume])
  const functions = taFunctions.map(({ name, ours }, k) => {
    const columns = Object.fromEntries(ours(barColumns()).map((column, n) => [String(n), column]))
    const once = (): void => void computeColumns(bars, columns)
    once()
    return { name, oursMs: median(Array.from({ length: repeats }, () => milliseconds(once))), theirsMs: median([...theirs[k]!]) }
  })
  const sum = (key: 'oursMs' | 'theirsMs'): number => functions.reduce((total, row) => total + row[key], 0)
  const timesFaster = sum('theirsMs') / sum('oursMs')
  return { bars: rows, functions, oursMs: sum('oursMs'), theirsMs: sum('theirsMs'), timesFaster, gate: GATE, passed: timesFaster >= GATE }
}
