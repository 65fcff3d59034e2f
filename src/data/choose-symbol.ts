import { displayPath, EXIT, LabError, nearestName } from '../core/index.js'
import { symbolKey } from './symbol-key.js'

/**
 * The writings in a file that mean the wanted symbol (a file may hold BTC-USD and BTC/USD for one); without a wish, the only symbol there is.
 * @throws LabError `several-symbols` (lists them), `unknown-symbol` (lists them and names the nearest)
 */
export function chooseSymbol(symbols: readonly string[], wanted: string | undefined, path: string): readonly string[] {
  const keys = [...new Set(symbols.map(symbolKey))]
  if (wanted === undefined) {
    if (keys.length === 1) return symbols
    throw new LabError('several-symbols', 'The file holds several symbols; one must be chosen.', {
      received: `${displayPath(path)} with ${listed(symbols)}`,
      expected: 'one symbol',
      help: `-p symbol=${symbols[0]}`,
      exitCode: EXIT.usage,
    })
  }
  const chosen = symbols.filter((symbol) => symbolKey(symbol) === symbolKey(wanted))
  if (chosen.length > 0) return chosen
  throw new LabError('unknown-symbol', `The file has no symbol "${wanted}".`, {
    received: wanted,
    expected: `one of ${listed(symbols)}`,
    help: `-p symbol=${nearestName(symbolKey(wanted), keys) ?? symbols[0]}`,
    exitCode: EXIT.usage,
  })
}

const listed = (symbols: readonly string[]): string =>
  symbols.length <= 20 ? symbols.join(', ') : `${symbols.slice(0, 20).join(', ')} and ${symbols.length - 20} more`
