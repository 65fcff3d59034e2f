/**
 * The form in which symbols are compared and stored: letters and digits only, upper case, so that BTCUSD, BTC/USD, BTC-USD, BTC_USD and btcusd are one.
 * A word without any letter or digit gives ''.
 */
export function symbolKey(symbol: string): string {
  return symbol.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
}
