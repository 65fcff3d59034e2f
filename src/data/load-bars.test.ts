import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DISPLAY, projectPath } from '../core/index.js'
import { listDatasets } from './datasets.js'
import { importDataset, type DatasetRecipe } from './import-dataset.js'
import { loadBars } from './load-bars.js'
import { HOUR_MS } from './timeframe.js'

let folder: string
const root = process.env.BARLAB_ROOT
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'load-bars-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  if (root === undefined) delete process.env.BARLAB_ROOT
  else process.env.BARLAB_ROOT = root
})

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('how a file was read', () => {
  it('says which prices a file of date and close lacks', async () => {
    const dataset = file('close-only.csv', 'date,close\n2020-01-02,1.5\n2020-01-03,2.5\n')
    await expect(loadBars({ dataset })).rejects.toMatchObject({
      code: 'missing-columns',
      message: 'No column for open, high, low was found.',
    })
  })

  it('reports a price spike with its date, and keeps it', async () => {
    const closes = [10, 11, 1100, 12, 11, 0.1, 10, 200, 210]
    const rows = closes.map((close, i) => `2020-01-0${i + 1},${close},${close},${close},${close}`)
    const dataset = file('spiky.csv', `date,open,high,low,close\n${rows.join('\n')}\n`)
    const { bars, quality } = await loadBars({ dataset })
    expect(bars.close).toHaveLength(9)
    expect(quality.checks.find(({ check }) => check === 'priceSpikes')).toMatchObject({
      found: 2,
      done: 'kept 2 bars',
      examples: ['2020-01-03', '2020-01-06'],
    })
    expect((await loadBars({ dataset, policy: { priceSpikes: 'drop' } })).bars.close).toHaveLength(7)
  })

  it('knows German names', async () => {
    const text = 'Datum;Er\u00f6ffnung;Hoch;Tief;Schlusskurs;St\u00fccke\n2020-01-02;1,5;2,5;1,0;2,0;10\n2020-01-03;2,0;3,5;1,5;3,0;20\n'
    const { source, bars } = await loadBars({ dataset: file('deutsch.csv', text) })
    const columns = { time: 'Datum', open: 'Er\u00f6ffnung', high: 'Hoch', low: 'Tief', close: 'Schlusskurs', volume: 'St\u00fccke' }
    expect(source.read.columns).toEqual(columns)
    expect([...bars.close, ...bars.volume]).toEqual([2, 3, 10, 20])
  })

  it('stands in one line under the bars, and in the source', async () => {
    const dataset = file('german.csv', 'Date;Open;High;Low;Last;Vol\n02.01.2020;1,5;2,5;1,0;2,0;10\n03.01.2020;2,0;3,5;1,5;3,0;20\n')
    const loaded = await loadBars({ dataset })
    const line = '`;` separated, decimal comma, times: text like "02.01.2020", day first, taken as UTC; Last -> close; Vol -> volume'
    expect(loaded.source.read.readAs).toBe(line)
    expect((await loaded[DISPLAY]())['text/plain']).toContain(`\n  read as: ${line}\n`)
    expect((await (await loadBars({ dataset: 'btc-usd-1d' }))[DISPLAY]())['text/plain']).not.toContain('read as')
  })
})

describe('shipped datasets', () => {
  it.each([
    ['btc-usd-1h', undefined, 20111, '2017-07-01T11:00', [2505.56, 2513.38, 2495.12, 2509.17, 114.6], '2019-10-17T09:00', 8035.88, '1h'],
    ['btc-usd-1d', undefined, 1770, '2014-12-01T00:00', [300, 370, 300, 370, 0.05656], '2019-10-17T00:00', 8034.32, '1d'],
    ['crypto-1d', 'BTC/USD', 1865, '2014-11-28T00:00', [363.59, 381.34, 360.57, 376.28, 8617.15], '2020-01-17T00:00', 8709.49, '1d'],
    ['crypto-1d', 'eth-usd', 788, '2017-11-09T00:00', [322.15, 331.7, 317.29, 321.32, 13118.15], '2020-01-17T00:00', 164.52, '1d'],
    ['crypto-1d', 'LTCUSD', 925, '2017-06-25T00:00', [43.03, 43.21, 38.55, 40.9, 7875.2], '2020-01-17T00:00', 57.88, '1d'],
    [
      'eur-usd-1h',
      'EURUSD',
      6225,
      '2017-01-01T22:00',
      [1.05236, 1.05253, 1.05221, 1.05227, 143539993.3],
      '2017-12-29T21:00',
      1.20075,
      '1h',
    ],
    [
      'googl-1d',
      undefined,
      2335,
      '2009-05-22T00:00',
      [198.528534, 199.524521, 196.196198, 196.946945, 3433700],
      '2018-08-29T00:00',
      1264.650024,
      '1d',
    ],
    [
      'sp500-1d',
      undefined,
      5031,
      '1999-01-04T00:00',
      [1229.22998, 1248.810059, 1219.099976, 1228.099976, 877000000],
      '2018-12-31T00:00',
      2506.850098,
      '1d',
    ],
    [
      'nasdaq-1d',
      undefined,
      5031,
      '1999-01-04T00:00',
      [2207.540039, 2233.570068, 2192.679932, 2208.050049, 936660000],
      '2018-12-31T00:00',
      6635.279785,
      '1d',
    ],
  ] as const)('%s %s: rows, first bar, last close', async (dataset, symbol, rows, from, first, to, lastClose, timeframe) => {
    const { bars, quality, source } = await loadBars({ dataset, ...(symbol !== undefined && { symbol }) })
    expect([source.rows, source.from.slice(0, 16), source.to.slice(0, 16), source.timeframe]).toEqual([rows, from, to, timeframe])
    expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]).toEqual(first)
    expect([bars.close.at(-1), bars.time.length, quality.rowsKept]).toEqual([lastClose, rows, rows])
    expect(bars.time.every((time, i) => i === 0 || time > bars.time[i - 1]!)).toBe(true)
  })

  it('have manifests that fit their files, recipes and README', () => {
    const recipes = (JSON.parse(readFileSync(projectPath('datasets', 'sources.json'), 'utf8')) as { datasets: DatasetRecipe[] }).datasets
    const readme = readFileSync(projectPath('datasets', 'README.md'), 'utf8')
    const datasets = listDatasets()
    expect(datasets.map(({ name }) => name)).toEqual(recipes.map(({ name }) => name).sort())
    for (const dataset of datasets) {
      const bytes = readFileSync(dataset.path)
      expect([dataset.file.bytes, dataset.file.sha256]).toEqual([bytes.length, createHash('sha256').update(bytes).digest('hex')])
      expect(dataset.source).toEqual(recipes.find(({ name }) => name === dataset.name)!.source)
      expect(readme).toContain(`| \`${dataset.name}\` |`)
    }
    expect(datasets.reduce((sum, { file: { bytes } }) => sum + bytes, 0)).toBeLessThan(2e6)
  })

  it('are refused when their file was changed, with the cure', async () => {
    const copy = join(folder, 'project')
    mkdirSync(copy)
    cpSync(projectPath('package.json'), join(copy, 'package.json'))
    cpSync(projectPath('datasets', 'sp500-1d'), join(copy, 'datasets/sp500-1d'), { recursive: true })
    process.env.BARLAB_ROOT = copy
    appendFileSync(join(copy, 'datasets/sp500-1d/bars.parquet'), 'x')
    const refused = { code: 'dataset-corrupt', help: 'git checkout -- datasets/sp500-1d' }
    await expect(loadBars({ dataset: 'sp500-1d' })).rejects.toMatchObject(refused)
    rmSync(join(copy, 'datasets/sp500-1d/bars.parquet'))
    await expect(loadBars({ dataset: 'sp500-1d' })).rejects.toMatchObject(refused)
    writeFileSync(join(copy, 'datasets/sp500-1d/dataset.json'), '{')
    await expect(loadBars({ dataset: 'sp500-1d' })).rejects.toMatchObject({ code: 'dataset-corrupt', help: 'git checkout -- datasets' })
  })

  it('need a symbol where they hold several', async () => {
    await expect(loadBars({ dataset: 'crypto-1d' })).rejects.toMatchObject({ code: 'several-symbols', exitCode: 2 })
    await expect(loadBars({ dataset: 'crypto-1d', symbol: 'ETH-USDT' })).rejects.toMatchObject({
      code: 'unknown-symbol',
      help: '-p symbol=ETHUSD',
    })
    await expect(loadBars({ dataset: 'btc-usd-1h', symbol: 'ETHUSD' })).rejects.toMatchObject({ code: 'unknown-symbol' })
  })

  it('list the known names and the nearest when the name is not known', async () => {
    await expect(loadBars({ dataset: 'btc-usd-1hr' })).rejects.toMatchObject({
      code: 'unknown-dataset',
      expected: expect.stringContaining('btc-usd-1h, crypto-1d') as string,
      help: 'did you mean -p dataset=btc-usd-1h?',
      exitCode: 2,
    })
    await expect(loadBars({ dataset: '' })).rejects.toMatchObject({ code: 'unknown-dataset' })
    await expect(loadBars({ dataset: './absent.csv' })).rejects.toMatchObject({ code: 'file-not-found', exitCode: 2 })
  })

  it('show themselves', async () => {
    const list = await listDatasets()[DISPLAY]()
    expect(list['text/html']).toContain('<td style="text-align:left">Apache-2.0</td>')
    const shown = await (await loadBars({ dataset: 'crypto-1d', symbol: 'ETHUSD' }))[DISPLAY]()
    expect(shown['text/plain']).toContain('788 of 1d, 2017-11-09T00:00 to 2020-01-17T00:00 UTC')
    expect(shown['text/plain']).toContain('1 unexpected (12 bars): 12 from 2019-03-20')
    expect(shown['text/html']).toContain('<b>ETHUSD</b>')
  })
})

describe('loadBars', () => {
  it("reads the user's own file, with the sha256 that sha256sum prints", async () => {
    const path = file('own.csv', 'time,open,high,low,close\n2020-01-01,1,2,1,2\n2020-01-02,2,3,2,3\n')
    const { bars, source } = await loadBars({ dataset: path, symbol: 'abc-usd' })
    expect(bars.symbol).toBe('ABCUSD')
    expect(source).toMatchObject({ kind: 'file', path, rows: 2, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') })
    expect(source.origin).toBeUndefined()
  })

  it('cuts from (inclusive) to (exclusive), then merges into whole longer bars only', async () => {
    const { bars, source } = await loadBars({ dataset: 'btc-usd-1h', from: '2018-01-01T02:00Z', to: '2018-01-02', timeframe: '4h' })
    expect(source).toMatchObject({ timeframe: '4h', from: '2018-01-01T04:00:00.000Z', to: '2018-01-01T20:00:00.000Z', rows: 5 })
    const hourly = (await loadBars({ dataset: 'btc-usd-1h', from: '2018-01-01 04:00', to: new Date('2018-01-01T08:00:00Z') })).bars
    expect([...hourly.time]).toEqual([4, 5, 6, 7].map((hour) => Date.UTC(2018, 0, 1) + hour * HOUR_MS))
    expect([bars.high[0], bars.close[0]]).toEqual([Math.max(...hourly.high), hourly.close[3]])
    await expect(loadBars({ dataset: 'btc-usd-1h', from: '2030-01-01' })).rejects.toMatchObject({ code: 'no-rows-in-range', exitCode: 2 })
    await expect(loadBars({ dataset: 'btc-usd-1h', from: 'soon' })).rejects.toMatchObject({ code: 'bad-time' })
  })

  it('hands policy, columns and order of dates on', async () => {
    const path = file('odd.csv', 'd,o,h,l,px\n1/4/1999,1,2,1,2\n1/5/1999,2,3,2,3\n1/5/1999,2,3,2,2.5\n')
    const { bars } = await loadBars({ dataset: path, columns: { time: 'd', close: 'px' }, dateOrder: 'mdy', policy: { conflicts: 'last' } })
    expect([new Date(bars.time[1]!).toISOString().slice(0, 10), bars.close[1]]).toEqual(['1999-01-05', 2.5])
  })
})

describe('importDataset', () => {
  const text = 'date,symbol,open,high,low,close\n2020-01-02,A/B,2,3,2,3\n2020-01-01,A/B,1,2,1,2\n'
  const recipe = (sha256: string): DatasetRecipe => ({
    name: 'a-b-1d',
    title: 'A in B',
    rawFile: 'raw.csv',
    symbols: [{ inFile: 'A/B', symbol: 'AB' }],
    source: { package: 'p', version: '1', file: 'raw.csv', sha256, licence: 'MIT' },
  })

  it('writes the same bytes twice, and a manifest that loads', async () => {
    file('raw.csv', text)
    const right = recipe(createHash('sha256').update(text).digest('hex'))
    const first = await importDataset(right, folder, join(folder, 'one'))
    const second = await importDataset(right, folder, join(folder, 'two'))
    expect(second).toEqual(first)
    expect(first).toMatchObject({ symbols: ['AB'], timeframe: '1d', rows: 2, from: '2020-01-01T00:00:00.000Z' })
    expect(first.done.join()).toContain('newest first')
    const { bars } = await loadBars({ dataset: join(folder, 'one/a-b-1d/bars.parquet') })
    expect([bars.symbol, [...bars.close], [...bars.volume]]).toEqual(['AB', [2, 3], [NaN, NaN]])
  })

  it('refuses another raw file than the recipe was written for, and writes nothing', async () => {
    file('raw.csv', text)
    await expect(importDataset(recipe('0'), folder, join(folder, 'three'))).rejects.toMatchObject({ code: 'raw-file-differs' })
    expect(() => readFileSync(join(folder, 'three/a-b-1d/dataset.json'))).toThrow()
  })
})
