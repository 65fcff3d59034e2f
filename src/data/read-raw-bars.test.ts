import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withDuckDb } from './duckdb.js'
import { readRawBars, type RawBars, type ReadOptions } from './read-raw-bars.js'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'read-raw-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function write(content: string | Buffer, name = `file-${count++}.csv`): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const read = (content: string | Buffer, options: ReadOptions = {}, name?: string): Promise<RawBars> =>
  readRawBars(write(content, name), options)
const times = (bars: RawBars): string[] => [...bars.time].map((t) => (Number.isNaN(t) ? 'NaN' : new Date(t).toISOString().slice(0, 16)))
const fails = (promise: Promise<unknown>): Promise<{ code: string; received: string; expected: string; help: string }> =>
  promise.then(
    () => Promise.reject(new Error('did not throw')),
    (error) => error as { code: string; received: string; expected: string; help: string },
  )

describe('sources in the wild', () => {
  it('CryptoDataDownload: preamble, newest first, AM and PM, volume in both currencies', async () => {
    const bars = await read(
      [
        'Timestamps are UTC timezone,https://www.CryptoDataDownload.com',
        'date,symbol,open,high,low,close,volume_btc,volume',
        '2019-10-17 01-PM,BTCUSD,8051,8056.83,8021.23,8035.88,61.25,492394.56',
        '2019-10-17 12-PM,BTCUSD,7975.89,8070,7975.89,8051,370.45,2971610.86',
      ].join('\n'),
    )
    expect(times(bars)).toEqual(['2019-10-17T13:00', '2019-10-17T12:00'])
    expect([bars.symbol, bars.open[1], bars.volume[0]]).toEqual(['BTCUSD', 7975.89, 61.25])
    expect(bars.facts.notes.join()).toMatch(/skipped before the first row.*volume is taken from "volume_btc"/)
  })

  it('Gemini: unix time beside the date, names with spaces and capitals', async () => {
    const bars = await read(
      'Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume\n1571302800000,2019-10-17 09:00:00,ETHUSD,1,2,0.5,1.5,9\n',
    )
    expect([times(bars)[0], bars.symbol, bars.facts.timeFormat]).toEqual(['2019-10-17T09:00', 'ETHUSD', 'epoch in ms'])
  })

  it('Dukascopy: Gmt time, day first with dots', async () => {
    const bars = await read(
      'Gmt time,Open,High,Low,Close,Volume\n02.01.2017 00:00:00.000,1.05,1.06,1.04,1.05,7\n02.01.2017 01:00:00.000,1.05,1.06,1.04,1.05,7\n',
    )
    expect(times(bars)).toEqual(['2017-01-02T00:00', '2017-01-02T01:00'])
  })

  it('Yahoo: month first, Adj Close beside Close, volume null', async () => {
    const bars = await read('Date,Open,High,Low,Close,Adj Close,Volume\n1/29/1999,1,2,0.5,1.5,0.7,900\n2/1/1999,1,2,0.5,1.6,0.7,null\n')
    expect([...bars.close]).toEqual([1.5, 1.6])
    expect(times(bars)).toEqual(['1999-01-29T00:00', '1999-02-01T00:00'])
    expect([bars.volume[1], bars.notNumbers, bars.hasVolume]).toEqual([NaN, 0, true])
  })

  it('a wide table with an unnamed time column, CRLF and a symbol that began later', async () => {
    const text = [
      ',BTC:open,BTC:high,BTC:low,BTC:close,BTC:volume,ETH:open,ETH:high,ETH:low,ETH:close,ETH:volume',
      '2014-11-28,1,2,0.5,1.5,10,,,,,',
      '2014-11-29,2,3,1.5,2.5,11,5,6,4,5.5,7',
      '2014-11-30,3,4,2.5,3.5,12,6,7,5,6.5,8',
      '',
    ].join('\r\n')
    const eth = await read(text, { symbol: 'eth' })
    expect([eth.symbol, eth.absentRows, times(eth), [...eth.close]]).toEqual([
      'ETH',
      1,
      ['2014-11-29T00:00', '2014-11-30T00:00'],
      [5.5, 6.5],
    ])
    expect(await fails(read(text))).toMatchObject({ code: 'several-symbols', received: expect.stringContaining('BTC, ETH') as string })
    expect(await fails(read(text, { symbol: 'EHT' }))).toMatchObject({ code: 'unknown-symbol', help: '-p symbol=ETH' })
  })

  it('a long table: symbols in rows, chosen in any writing', async () => {
    const text = 'time,ticker,o,h,l,c,v\n2020-01-01,BTC/USD,1,2,1,2,5\n2020-01-01,ETH-USD,3,4,3,4,6\n2020-01-02,BTC/USD,2,3,2,3,7\n'
    for (const symbol of ['BTCUSD', 'btc-usd', 'BTC/USD', 'BTC_USD']) {
      const bars = await read(text, { symbol })
      expect([bars.symbol, [...bars.close]]).toEqual(['BTCUSD', [2, 3]])
    }
    expect(await fails(read(text))).toMatchObject({ code: 'several-symbols' })
    expect(await fails(read(text, { symbol: 'SOLUSD' }))).toMatchObject({ code: 'unknown-symbol', expected: 'one of BTC/USD, ETH-USD' })
  })

  it('yfinance: three header lines, the name of the time column in the last', async () => {
    const bars = await read(
      'Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n2020-01-02,1.5,2,1,1.2,7\n2020-01-03,1.6,2,1,1.2,7\n',
    )
    expect([times(bars), bars.close[0], bars.open[0]]).toEqual([['2020-01-02T00:00', '2020-01-03T00:00'], 1.5, 1.2])
  })

  it('a first row without prices is a row, not a header', async () => {
    const bars = await read('Date,Open,High,Low,Close,Volume\n2020-01-01,null,null,null,null,null\n2020-01-02,1,2,1,2,3\n')
    expect([times(bars), [...bars.close]]).toEqual([
      ['2020-01-01T00:00', '2020-01-02T00:00'],
      [NaN, 2],
    ])
  })

  it('MetaTrader: names in angle brackets, tabs, date and clock apart', async () => {
    const bars = await read('<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2020.01.02\t09:30:00\t1\t2\t0.5\t1.5\t40\n')
    expect([times(bars), bars.volume[0]]).toEqual([['2020-01-02T09:30'], 40])
  })

  it('semicolons with a decimal comma, and grouped digits with a currency sign in quotes', async () => {
    const german = await read('Datum;Open;High;Low;Close;Volume\n17.10.2019;1.234,5;1.300,0;1.200,0;1.250,25;10.000\n')
    expect([german.open[0], german.close[0], german.volume[0]]).toEqual([1234.5, 1250.25, 10_000])
    const american = await read('Date,Close/Last,Volume,Open,High,Low\n10/17/2019,"$1,234.50",1000,"$1,200.00","$1,300.00",$999.00\n')
    expect([american.close[0], american.low[0]]).toEqual([1234.5, 999])
  })

  it('a file without volume: NaN, and it says so', async () => {
    const bars = await read('time,open,high,low,close\n2020-01-01,1,2,1,2\n', {}, 'my-bars.csv')
    expect([bars.volume[0], bars.hasVolume, bars.symbol]).toEqual([NaN, false, 'MYBARS'])
  })

  it('columns by the mapping of the user', async () => {
    const text = 'when,px,first price,top,bottom,n\n2020-01-01,4,1,5,0.5,3\n'
    const columns = { time: 'when', close: 'PX', open: 'first price', high: 'top', low: 'bottom', volume: 'n' }
    const bars = await read(text, { columns, symbol: 'abc/usd' })
    expect([bars.symbol, bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]).toEqual(['ABCUSD', 1, 5, 0.5, 4, 3])
    expect(await fails(read(text, { columns: { ...columns, close: 'price' } }))).toMatchObject({
      code: 'unknown-column',
      received: 'price',
    })
  })

  it('text where a number belongs is counted', async () => {
    const bars = await read('time,open,high,low,close\n2020-01-01,1,2,1,2\n2020-01-02,oops,2,1,2\n')
    expect([bars.notNumbers, bars.open[1]]).toEqual([1, NaN])
  })
})

describe('files', () => {
  const text = 'time,open,high,low,close,volume\n2020-01-01,1,2,1,2,3\n2020-01-02,2,3,2,3,4\n'

  it('reads gzip whatever its name, a byte order mark, a link, and names that SQL or a glob would trip over', async () => {
    expect((await read(gzipSync(text), {}, 'packed.bin')).close).toEqual(Float64Array.of(2, 3))
    expect((await read(`\uFEFF${text}`)).close).toEqual(Float64Array.of(2, 3))
    const odd = join(folder, `year=2020 it's "a" [1]*?`)
    mkdirSync(odd)
    const path = write(text, join(odd.slice(folder.length + 1), `b'); DROP TABLE x; --[2].csv`))
    expect((await readRawBars(path)).facts.columns.time).toBe('time')
    symlinkSync(path, join(folder, 'link.csv'))
    expect((await readRawBars(join(folder, 'link.csv'))).close).toEqual(Float64Array.of(2, 3))
  })

  it('reads Parquet of any types, also gzipped, as the same bars', async () => {
    const path = join(folder, 'typed.parquet')
    const columns = [
      "'BTC-USD' AS symbol, TIMESTAMPTZ '2020-01-01 02:00:00+02' + i * INTERVAL 1 DAY AS time",
      '1.5::DECIMAL(18, 4) AS "Open", 3::BIGINT AS "HIGH", 1::HUGEINT AS low, 2::FLOAT AS close, (i::VARCHAR) AS volume',
    ]
    await withDuckDb((c) => c.run(`COPY (SELECT ${columns.join(', ')} FROM range(3) t(i)) TO '${path}' (FORMAT parquet)`))
    const bars = await readRawBars(path)
    expect([bars.symbol, times(bars)]).toEqual(['BTCUSD', ['2020-01-01T00:00', '2020-01-02T00:00', '2020-01-03T00:00']])
    expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], [...bars.volume]]).toEqual([1.5, 3, 1, 2, [0, 1, 2]])
    const { readFileSync } = await import('node:fs')
    expect((await read(gzipSync(readFileSync(path)), {}, 'typed.parquet.gz')).time).toEqual(bars.time)
  })

  it.each(['DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'VARCHAR'])(
    'reads a Parquet time of type %s',
    async (type) => {
      const path = join(folder, `time-${type}.parquet`)
      const select = `SELECT CAST(TIMESTAMP '2020-01-01' AS ${type}) AS "index", 1.0 AS open, 1.0 AS high, 1.0 AS low, 1.0 AS close`
      await withDuckDb((c) => c.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`))
      expect(times(await readRawBars(path))).toEqual(['2020-01-01T00:00'])
    },
  )

  it('refuses what it cannot read, each with its code', async () => {
    const code = async (promise: Promise<unknown>): Promise<string> => (await fails(promise)).code
    expect(await code(readRawBars(join(folder, 'absent.csv')))).toBe('file-not-found')
    expect(await code(readRawBars(folder))).toBe('not-a-file')
    expect(await code(read(''))).toBe('empty-file')
    expect(await code(read(gzipSync('')))).toBe('empty-file')
    expect(await code(read('time,open,high,low,close,volume\n'))).toBe('no-rows')
    expect(await code(read('Dear reader,\nthis is a letter.\nYours, someone\n'))).toBe('not-a-table')
    expect(await code(read('{"a": [1, 2, 3], "b": 2}'))).toBe('not-a-table')
    expect(await code(read(Buffer.from([1, 2, 0, 3])))).toBe('not-a-table')
    expect(await code(read(Buffer.from('\uFEFFtime,open', 'utf16le')))).toBe('not-a-table')
    expect(await code(read('2020-01-01,1,2,1,2,3\n2020-01-02,1,2,1,2,3\n'))).toBe('no-header')
    expect(await code(read('PAR1 but no more PAR1'))).toBe('corrupt-parquet')
    expect(await code(read(gzipSync('PAR1 but no more PAR1')))).toBe('corrupt-parquet')
    expect(await code(read(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from('this is no gzip stream')])))).toBe('corrupt-gzip')
    expect(await code(read(gzipSync(text.repeat(3)).subarray(0, -12), {}, 'torn.csv.gz'))).toMatch(/corrupt-gzip|csv-unreadable/)
    expect(await code(read('time,open,high,low,close\n2020-01-01,a,b,c,d\n2020-01-01,1,1,1,x\n'))).toBe('not-numbers')
  })

  it('names the torn line of a CSV file', async () => {
    expect(await fails(read('time,open,high,low,close\n2020-01-01,1,2,1,2\n2020-01-02,1,2\n'))).toMatchObject({
      code: 'csv-unreadable',
      received: expect.stringContaining('line 3: 3 fields') as string,
      expected: '5 fields',
    })
  })

  it('shows times that cannot be read', async () => {
    const text = (time: string): string => `time,open,high,low,close\n${time},1,2,1,2\n${time},1,2,1,2\n2020-01-01 09:30,1,2,1,2\n`
    expect(await fails(read(text('2020-01-01 09:30 EST')))).toMatchObject({
      code: 'unreadable-times',
      received: expect.stringContaining('"2020-01-01 09:30 EST"') as string,
    })
    const mapped = await read(text('2020-01-01 09:30 EST'), { columns: { time: 'time' } })
    expect(mapped.unreadableTimes).toEqual(['row 1: "2020-01-01 09:30 EST"', 'row 2: "2020-01-01 09:30 EST"'])
  })

  it('refuses a Parquet file cut short and a gzip file cut short, and never gives a part of it', async () => {
    const { readFileSync } = await import('node:fs')
    const { projectPath } = await import('../core/index.js')
    const whole = readFileSync(projectPath('datasets', 'sp500-1d', 'bars.parquet'))
    expect((await fails(read(whole.subarray(0, -100)))).code).toBe('corrupt-parquet')
    let rows = 'time,open,high,low,close\n'
    for (let i = 0; i < 20_000; i++) rows += `${1.5e12 + i * 60_000},1,2,1,${i % 97}\n`
    const packed = gzipSync(rows)
    expect((await fails(read(packed.subarray(0, packed.length >> 1)))).code).toMatch(/corrupt-gzip|csv-unreadable/)
  })

  it('lists the columns when the time or a price is missing, and says how to map one', async () => {
    expect(await fails(read('n,open,high,low,close\n1,1,2,1,2\n2,1,2,1,2\n'))).toMatchObject({
      code: 'no-time-column',
      received: 'columns "n", "open", "high", "low", "close"',
      help: expect.stringContaining("columns: { time: '...' }") as string,
    })
    expect(await fails(read('time,open,high,close\n2020-01-01,1,2,2\n'))).toMatchObject({
      code: 'missing-columns',
      help: expect.stringContaining("low: '...'") as string,
    })
  })
})
