import { sourceColumn, type Column } from './column.js'
import { map2, map3, map4 } from './operators/own-functions.js'

/** The columns of one series of bars, from which indicators are built. */
export interface BarColumns {
  readonly time: Column
  readonly open: Column
  readonly high: Column
  readonly low: Column
  readonly close: Column
  readonly volume: Column
}

/** @param of prefix of the sources' names: '' for the bars themselves, 'ETHUSD.' for those of another symbol. */
export function barColumns(of = ''): BarColumns {
  const column = (name: string): Column => sourceColumn(`${of}${name}`)
  return {
    time: column('time'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}

const mean2 = (a: number, b: number): number => (a + b) / 2
const mean3 = (a: number, b: number, c: number): number => (a + b + c) / 3
const mean4 = (a: number, b: number, c: number, d: number): number => (a + b + c + d) / 4
const closeTwice = (a: number, b: number, c: number): number => (a + b + 2 * c) / 4

/** (high + low) / 2 (TA-Lib MEDPRICE) */
export const medianPrice = ({ high, low }: BarColumns): Column => map2(high, low, mean2)
/** (high + low + close) / 3 (TA-Lib TYPPRICE) */
export const typicalPrice = ({ high, low, close }: BarColumns): Column => map3(high, low, close, mean3)
/** (high + low + 2 close) / 4 (TA-Lib WCLPRICE) */
export const weightedClose = ({ high, low, close }: BarColumns): Column => map3(high, low, close, closeTwice)
/** (open + high + low + close) / 4 (TA-Lib AVGPRICE) */
export const averagePrice = ({ open, high, low, close }: BarColumns): Column => map4(open, high, low, close, mean4)
