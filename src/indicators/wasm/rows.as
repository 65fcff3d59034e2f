import { address, finite, get, put, whole } from './memory'

// Columns to rows: bars from .. to of columns whose addresses are listed, to a table of that many columns. Column 0: none, NaN. What is not finite is NaN.
// Eight rows at a time: a line of the cache holds eight numbers of a column, and each column lies on a page of its own.
// Args: list of addresses (u32), how many, table.
export function interleave(args: usize, from: i32, to: i32): void {
  const list = address(args, 0), width = whole(args, 1)
  let rows = address(args, 2)
  for (let begin = from; begin < to; begin += 8) {
    const end = min<i32>(to, begin + 8)
    for (let k = 0; k < width; k++) {
      const column = <usize>load<u32>(list + (<usize>k << 2))
      let place = k
      for (let i = begin; i < end; i++) {
        put(rows, place, column == 0 ? NaN : finite(get(column, i)))
        place += width
      }
    }
    rows += <usize>width << 6
  }
}
