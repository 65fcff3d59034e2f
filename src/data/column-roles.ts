import { EXIT, LabError } from '../core/index.js'
import { symbolKey } from './symbol-key.js'

export const PRICES = ['open', 'high', 'low', 'close'] as const
export type Price = (typeof PRICES)[number]

/** Which column holds what, by the names the file uses; what is left out is detected. */
export type ColumnMapping = Partial<Record<'time' | 'symbol' | 'volume' | Price, string>>

/** Column numbers of one symbol's bars. */
export type PriceColumns = Record<Price, number> & { readonly volume: number | undefined }

/**
 * `single`: one set of price columns, perhaps with a column that names the symbol of each row. `wide`: a set of price columns for each symbol.
 */
export type TableLayout =
  | { readonly kind: 'single'; readonly prices: Record<Price, number>; readonly symbol: number | undefined }
  | { readonly kind: 'wide'; readonly symbols: ReadonlyMap<string, PriceColumns> }

const NAMES: Record<Price | 'volume', readonly string[]> = {
  open: ['open', 'o', 'openprice', 'priceopen', 'openbid', 'openask', 'first', 'eroffnung', 'eroffnungskurs', 'erster'],
  high: ['high', 'h', 'highprice', 'pricehigh', 'highbid', 'highask', 'max', 'hoch', 'hochst', 'tageshoch'],
  low: ['low', 'l', 'lowprice', 'pricelow', 'lowbid', 'lowask', 'min', 'tief', 'tiefst', 'tagestief'],
  close: [
    'close',
    'c',
    'closeprice',
    'priceclose',
    'closebid',
    'closeask',
    'closelast',
    'last',
    'price',
    'schluss',
    'schlusskurs',
    'letzter',
  ],
  volume: [
    'volume',
    'vol',
    'v',
    'tradedvolume',
    'basevolume',
    'volumebase',
    'tickvolume',
    'tickvol',
    'volumefrom',
    'volumen',
    'stucke',
    'umsatz',
  ],
}
const SYMBOL_NAMES = ['symbol', 'ticker', 'tic', 'pair', 'instrument', 'sym', 'market', 'asset', 'coin', 'code']

/** 'Open', '<OPEN>', '1. open', 'open_price', 'Eröffnung' in one form, without accents. */
export const nameKey = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/^\d+\s*[.)]\s*/, '')
    .replace(/[^a-z0-9]/g, '')

const find = (keys: readonly string[], accepted: readonly string[]): number => {
  for (const name of accepted) {
    const at = keys.indexOf(name)
    if (at >= 0) return at
  }
  return -1
}

/** Number of the column that the user named: exactly as written, else without regard to case and marks. */
export function mappedColumn(names: readonly string[], role: string, wanted: string): number {
  const exact = names.indexOf(wanted)
  const at = exact >= 0 ? exact : names.findIndex((name) => nameKey(name) === nameKey(wanted))
  if (at >= 0) return at
  throw new LabError('unknown-column', `The file has no column "${wanted}", which was to be the ${role}.`, {
    received: wanted,
    expected: `one of ${names.map((name) => JSON.stringify(name)).join(', ')}`,
    help: `correct the mapping: loadBars({ columns: { ${role}: '...' } })`,
    exitCode: EXIT.usage,
  })
}

/**
 * Finds the price columns by their names.
 * @throws LabError `missing-columns` (lists what there is and how to map it), `unknown-column`
 */
export function detectLayout(names: readonly string[], mapping: ColumnMapping = {}): TableLayout {
  const keys = names.map(nameKey)
  const at = Object.fromEntries(
    PRICES.map((price) => {
      const wanted = mapping[price]
      return [price, wanted === undefined ? find(keys, NAMES[price]) : mappedColumn(names, price, wanted)]
    }),
  ) as Record<Price, number>
  const symbol = mapping.symbol === undefined ? find(keys, SYMBOL_NAMES) : mappedColumn(names, 'symbol', mapping.symbol)
  const missing = PRICES.filter((price) => at[price] < 0)
  if (missing.length === 0) return { kind: 'single', prices: at, symbol: symbol < 0 ? undefined : symbol }
  const symbols = wideSymbols(names)
  if (symbols.size > 0) return { kind: 'wide', symbols }
  throw new LabError('missing-columns', `No column for ${missing.join(', ')} was found.`, {
    received: `columns ${names.map((name) => JSON.stringify(name)).join(', ')}`,
    expected: 'columns for open, high, low and close (any case), or one set of them for each symbol, such as BTC:open',
    help: `rename the columns in the file, or in a notebook: loadBars({ columns: { ${missing.map((price) => `${price}: '...'`).join(', ')} } })`,
    exitCode: EXIT.usage,
  })
}

const FIELD = '(open|high|low|close|volume|vol)'
const SYMBOL_FIRST = new RegExp(`^(.+?)[ :_.|/-]+${FIELD}$`, 'i')
const FIELD_FIRST = new RegExp(`^${FIELD}[ :_.|/-]+(.+)$`, 'i')

/** Sets of columns such as `BTC:open` or `close_ETH`, by the symbol as the file writes it; only symbols with all four prices. */
function wideSymbols(names: readonly string[]): Map<string, PriceColumns> {
  const found = new Map<string, Record<string, number>>()
  names.forEach((name, column) => {
    const first = SYMBOL_FIRST.exec(name)
    const last = first === null ? FIELD_FIRST.exec(name) : null
    const symbol = first?.[1] ?? last?.[2]
    const field = (first?.[2] ?? last?.[1])?.toLowerCase()
    if (symbol === undefined || field === undefined) return
    const columns = found.get(symbol) ?? {}
    columns[field === 'vol' ? 'volume' : field] ??= column
    found.set(symbol, columns)
  })
  const whole = [...found].filter(([, columns]) => PRICES.every((price) => columns[price] !== undefined))
  return new Map(whole.map(([symbol, columns]) => [symbol, { ...(columns as Record<Price, number>), volume: columns.volume }]))
}

export interface VolumeChoice {
  readonly column: number | undefined
  /** Set where more than one column could have been meant. */
  readonly note?: string
}

/**
 * Chooses among volume columns. Where a file counts in both currencies (`Volume BTC`, `Volume USD`; `volume_btc`, `volume`), the one that names the
 * symbol's base is taken: units traded, as every other source has it.
 */
export function chooseVolume(names: readonly string[], symbol: string, mapped: string | undefined): VolumeChoice {
  if (mapped !== undefined) return { column: mappedColumn(names, 'volume', mapped) }
  const keys = names.map(nameKey)
  const named = keys.flatMap((key, column) => {
    const unit = /^vol(?:ume)?([a-z0-9]+)$|^([a-z0-9]+)vol(?:ume)?$/.exec(key)
    const word = unit?.[1] ?? unit?.[2]
    return word === undefined ? [] : [{ column, word: word.toUpperCase() }]
  })
  const base = named.find(({ word }) => word.length >= 2 && symbolKey(symbol).startsWith(word))
  const plain = find(keys, NAMES.volume)
  const column = base?.column ?? (plain >= 0 ? plain : named[0]?.column)
  if (column === undefined) return { column }
  const others = [...new Set([...named.map((candidate) => candidate.column), ...(plain >= 0 ? [plain] : [])])].filter((c) => c !== column)
  if (others.length === 0) return { column }
  return { column, note: `volume is taken from "${names[column]}", not from ${others.map((c) => `"${names[c]}"`).join(', ')}` }
}
