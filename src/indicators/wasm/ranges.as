import { address, finite, get, number, put, whole } from './memory'

// State: whether there is a close before, that close.
export function true_range(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2), y = address(args, 3), s = address(args, 4)
  let before = get(s, 0) == 1 ? get(s, 1) : NaN
  for (let i = from; i < to; i++) {
    const top = get(h, i)
    const bottom = get(l, i)
    const last = get(c, i)
    // Of a NaN nothing is larger or smaller: it stays.
    put(y, i, last == last ? max<f64>(top, before) - min<f64>(bottom, before) : NaN)
    before = top == top && bottom == bottom ? last : NaN
  }
  put(s, 0, 1)
  put(s, 1, before)
}

// State: bars since the last break; the three sums; dx and its average. Outputs: plus and minus movement, plus, minus, dx, adx.
export function directional_movement(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2)
  const yPlusMove = address(args, 3), yMinusMove = address(args, 4), yPlus = address(args, 5), yMinus = address(args, 6)
  const yDx = address(args, 7), yAdx = address(args, 8), s = address(args, 9), p = whole(args, 10)
  const share = 1.0 / <f64>p
  let run = <i32>get(s, 0)
  let up = get(s, 1), down = get(s, 2), total = get(s, 3), index = get(s, 4), average = get(s, 5)
  for (let i = from; i < to; i++) {
    const top = get(h, i)
    const bottom = get(l, i)
    const last = get(c, i)
    if (top != top || bottom != bottom || last != last) {
      run = 0
      put(yPlusMove, i, NaN)
      put(yMinusMove, i, NaN)
      put(yPlus, i, NaN)
      put(yMinus, i, NaN)
      put(yDx, i, NaN)
      put(yAdx, i, NaN)
      continue
    }
    if (run == 0) up = down = total = index = average = 0
    else {
      const before = get(c, i - 1)
      const rise = top - get(h, i - 1)
      const fall = get(l, i - 1) - bottom
      const keep = run < p ? 1.0 : 1 - share
      up = up * keep + (rise > 0 && rise > fall ? rise : 0)
      down = down * keep + (fall > 0 && fall > rise ? fall : 0)
      total = total * keep + (max<f64>(top, before) - min<f64>(bottom, before))
    }
    put(yPlusMove, i, run >= p - 1 ? up : NaN)
    put(yMinusMove, i, run >= p - 1 ? down : NaN)
    if (run < p) {
      put(yPlus, i, NaN)
      put(yMinus, i, NaN)
      put(yDx, i, NaN)
      put(yAdx, i, NaN)
    } else {
      const perRange = total > 0 ? 100 / total : 0
      put(yPlus, i, up * perRange)
      put(yMinus, i, down * perRange)
      const moved = total > 0 && up + down > 0
      if (moved) index = (100 * abs<f64>(up - down)) / (up + down)
      put(yDx, i, index)
      if (run < 2 * p - 1) average += moved ? index : 0
      else if (run == 2 * p - 1) average = (average + (moved ? index : 0)) * share
      else if (moved) average += (index - average) * share
      put(yAdx, i, run >= 2 * p - 1 ? average : NaN)
    }
    run = min<i32>(run + 1, 2 * p)
  }
  put(s, 0, run)
  put(s, 1, up)
  put(s, 2, down)
  put(s, 3, total)
  put(s, 4, index)
  put(s, 5, average)
}

// State: bars since the last break, up to 2; 1 for long, 0 for short; the stop of the next bar; the extreme since the last reversal; the pace.
export function parabolic_sar(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), y = address(args, 2), s = address(args, 3)
  const acceleration = number(args, 4), maximum = number(args, 5)
  let run = <i32>get(s, 0)
  let long = get(s, 1) == 1
  let sar = get(s, 2), extreme = get(s, 3), pace = get(s, 4)
  for (let i = from; i < to; i++) {
    const top = get(h, i)
    const bottom = get(l, i)
    if (top != top || bottom != bottom || run == 0) {
      run = top == top && bottom == bottom ? 1 : 0
      put(y, i, NaN)
      continue
    }
    // TA-Lib compares the first bar with itself, later ones with the bar before.
    let lastTop = top
    let lastBottom = bottom
    if (run == 1) {
      run = 2
      const fall = get(l, i - 1) - bottom
      long = !(fall > 0 && fall > top - get(h, i - 1))
      extreme = long ? top : bottom
      sar = long ? get(l, i - 1) : get(h, i - 1)
      pace = acceleration
    } else {
      lastTop = get(h, i - 1)
      lastBottom = get(l, i - 1)
    }
    if (long ? bottom <= sar : top >= sar) {
      long = !long
      sar = long ? min<f64>(extreme, min<f64>(lastBottom, bottom)) : max<f64>(extreme, max<f64>(lastTop, top))
      pace = acceleration
      extreme = long ? top : bottom
      put(y, i, sar)
    } else {
      put(y, i, sar)
      if (long ? top > extreme : bottom < extreme) {
        extreme = long ? top : bottom
        pace = min<f64>(maximum, pace + acceleration)
      }
    }
    sar += pace * (extreme - sar)
    sar = long ? min<f64>(sar, min<f64>(lastBottom, bottom)) : max<f64>(sar, max<f64>(lastTop, top))
  }
  put(s, 0, run)
  put(s, 1, long ? 1 : 0)
  put(s, 2, sar)
  put(s, 3, extreme)
  put(s, 4, pace)
}

// State: whether there is a close before, that close; direction; upper and lower band.
export function super_trend(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2), range = address(args, 3)
  const outLine = address(args, 4), outDirection = address(args, 5), s = address(args, 6), multiplier = number(args, 7)
  let known = get(s, 0) == 1
  let previous = get(s, 1)
  let long = get(s, 2) == 1
  let upper = get(s, 3), lower = get(s, 4)
  for (let i = from; i < to; i++) {
    const middle = (get(h, i) + get(l, i)) / 2
    const width = multiplier * get(range, i)
    const last = get(c, i)
    if (width != width || middle != middle || last != last) {
      known = false
      put(outLine, i, NaN)
      put(outDirection, i, NaN)
      continue
    }
    if (!known) {
      known = true
      long = true
      upper = middle + width
      lower = middle - width
    } else {
      if (middle + width < upper || previous > upper) upper = middle + width
      if (middle - width > lower || previous < lower) lower = middle - width
      if (long ? last < lower : last > upper) long = !long
    }
    previous = last
    put(outLine, i, long ? lower : upper)
    put(outDirection, i, long ? 1 : -1)
  }
  put(s, 0, known ? 1 : 0)
  put(s, 1, previous)
  put(s, 2, long ? 1 : 0)
  put(s, 3, upper)
  put(s, 4, lower)
}

export function square(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    put(y, i, v * v)
  }
}

export function root(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    put(y, i, v == v ? sqrt<f64>(max<f64>(v, 0)) : NaN)
  }
}

export function rogers_satchell(args: usize, from: i32, to: i32): void {
  const o = address(args, 0), h = address(args, 1), l = address(args, 2), c = address(args, 3), y = address(args, 4)
  for (let i = from; i < to; i++) {
    const open = get(o, i), high = get(h, i), low = get(l, i), close = get(c, i)
    put(y, i, finite(Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open)))
  }
}

export function garman_klass(args: usize, from: i32, to: i32): void {
  const range = address(args, 0), body = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const r = get(range, i), b = get(body, i)
    put(y, i, 0.5 * r * r - (2 * Math.LN2 - 1) * b * b)
  }
}

export function fall_in_percent(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), top = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, finite((100 * (get(x, i) - get(top, i))) / get(top, i)))
}
