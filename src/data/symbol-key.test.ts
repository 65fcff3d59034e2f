import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { symbolKey } from './symbol-key.js'

describe('symbolKey', () => {
  it('is one for all writings of a pair', () => {
    for (const writing of ['BTCUSD', 'BTC/USD', 'BTC-USD', 'BTC_USD', 'btcusd', ' btc usd ']) expect(symbolKey(writing)).toBe('BTCUSD')
    expect(symbolKey('BTC/USDT')).not.toBe(symbolKey('BTC/USD'))
    expect(symbolKey('^GSPC')).toBe('GSPC')
  })

  it('does not change a key', () => {
    fc.assert(fc.property(fc.string(), (text) => symbolKey(symbolKey(text)) === symbolKey(text)))
  })
})
