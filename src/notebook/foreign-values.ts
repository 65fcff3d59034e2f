import { inspect } from 'node:util'
import { DISPLAY, type MimeBundle } from '../core/index.js'
import { formatNumber, table } from '../report/index.js'
import { asTable, isForeignTable } from './tables.js'

/** Values of a column that are shown at once; a notebook opens more below. */
const FIRST_VALUES = 10

/** Part of the kernel (kernel/main.cjs loads it): how values of others show themselves where a cell ends with one. Tables of arquero and danfojs, typed columns; undefined for the rest. */
export function showForeign(value: unknown): MimeBundle | undefined {
  if (isForeignTable(value)) return asTable(value)[DISPLAY]()
  return isTypedColumn(value) && value.length > 0 ? showColumn(value) : undefined
}

type TypedColumn = ArrayLike<number | bigint> & Iterable<number | bigint>

const isTypedColumn = (value: unknown): value is TypedColumn =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) && !Buffer.isBuffer(value)

/** The values as a table, what they come to in its title; as text they are as Node prints them. */
function showColumn(column: TypedColumn): MimeBundle {
  const rows = Int32Array.from({ length: column.length }, (_, row) => row)
  const bundle = table({ row: rows, value: column }, { title: titleOf(column), maxRows: FIRST_VALUES })[DISPLAY]()
  return { ...bundle, 'text/plain': inspect(column, { maxArrayLength: 60 }) }
}

/** 'Float64Array: 2,335 values, 14 NaN, from 1.2 to 9.8, mean 4.4'. */
function titleOf(column: TypedColumn): string {
  let [least, most, sum, missing] = [Infinity, -Infinity, 0, 0]
  for (const one of column) {
    const value = Number(one)
    if (Number.isNaN(value)) missing += 1
    else [least, most, sum] = [Math.min(least, value), Math.max(most, value), sum + value]
  }
  const present = column.length - missing
  return [
    `${column.constructor.name}: ${formatNumber(column.length)} ${column.length === 1 ? 'value' : 'values'}`,
    ...(missing === 0 ? [] : [`${formatNumber(missing)} NaN`]),
    ...(present === 0 ? [] : [`from ${formatNumber(least)} to ${formatNumber(most)}`, `mean ${formatNumber(sum / present)}`]),
  ].join(', ')
}
