import { sourceColumn, type Column } from './column.js'
import { kernelColumn } from './kernel-operator.js'

/** The columns of one series of bars, from which indicators are built. */
export interface BarColumns {
  readonly time: Column
  readonly open: Column
  readonly high: Column
  readonly low: Column
  readonly close: Column
  readonly volume: Column
}

/**
 * Time, prices and volume of the bars as columns to build indicators on.
 * @param of prefix of the sources' names: '' for the bars themselves, 'ETHUSD.' for those of another symbol.
 */
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

/** (high + low) / 2 (TA-Lib MEDPRICE) */
export const medianPrice = ({ high, low }: BarColumns): Column => kernelColumn({ kernel: 'mean_of_2', inputs: [high, low] })
/** (high + low + close) / 3 (TA-Lib TYPPRICE) */
export const typicalPrice = ({ high, low, close }: BarColumns): Column => kernelColumn({ kernel: 'mean_of_3', inputs: [high, low, close] })
/** (high + low + 2 close) / 4 (TA-Lib WCLPRICE) */
export const weightedClose = ({ high, low, close }: BarColumns): Column =>
  kernelColumn({ kernel: 'weighted_close', inputs: [high, low, close] })
/** (open + high + low + close) / 4 (TA-Lib AVGPRICE) */
export const averagePrice = ({ open, high, low, close }: BarColumns): Column =>
  kernelColumn({ kernel: 'mean_of_4', inputs: [open, high, low, close] })
