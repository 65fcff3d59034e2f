import { address, finite, get, larger, ln, number, once, put, smaller, whole } from './memory'

// State: whether there is a close before, that close.
export function true_range(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2), y = address(args, 3), s = address(args, 4)
  let before = get(s, 0) == 1 ? get(s, 1) : NaN
  for (let i = from; i < to; i++) {
    const top = get(h, i)
    const bottom = get(l, i)
    const last = get(c, i)
    const known = top - bottom + last
    put(y, i, known == known ? larger(before, top) - smaller(before, bottom) : NaN)
    before = known == known ? last : NaN
  }
  put(s, 0, 1)
  put(s, 1, before)
}

// State: bars since the last break, three sums. Outputs: Wilder's sums of plus and minus movement, and of the true range.
export function movements(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2)
  const yUp = address(args, 3), yDown = address(args, 4), yTotal = address(args, 5), s = address(args, 6), p = whole(args, 7)
  const share = once(1.0 / <f64>p)
  const kept = once(1 - share)
  let run = <i32>get(s, 0)
  let up = get(s, 1), down = get(s, 2), total = get(s, 3)
  for (let i = from; i < to; i++) {
    const top = get(h, i)
    const bottom = get(l, i)
    const known = top - bottom + get(c, i)
    if (known != known) {
      run = 0
      put(yUp, i, NaN)
      put(yDown, i, NaN)
      put(yTotal, i, NaN)
      continue
    }
    if (run == 0) up = down = total = 0
    else {
      const before = get(c, i - 1)
      const rise = top - get(h, i - 1)
      const fall = get(l, i - 1) - bottom
      const keep = run < p ? 1.0 : kept
      // Products instead of branches: which of them moved is anybody's guess.
      up = up * keep + rise * <f64>(<i32>(rise > 0) & <i32>(rise > fall))
      down = down * keep + fall * <f64>(<i32>(fall > 0) & <i32>(fall > rise))
      total = total * keep + (larger(top, before) - smaller(bottom, before))
    }
    put(yUp, i, run >= p - 1 ? up : NaN)
    put(yDown, i, run >= p - 1 ? down : NaN)
    put(yTotal, i, run >= p ? total : NaN)
    run = min<i32>(run + 1, p)
  }
  put(s, 0, run)
  put(s, 1, up)
  put(s, 2, down)
  put(s, 3, total)
}

// Inputs: the three sums. State: values known, up to period; dx and its average. A bar without any movement keeps dx, and counts nothing to the average.
export function directional_index(args: usize, from: i32, to: i32): void {
  const xUp = address(args, 0), xDown = address(args, 1), xTotal = address(args, 2)
  const yDx = address(args, 3), yAdx = address(args, 4), s = address(args, 5), p = whole(args, 6)
  const share = once(1.0 / <f64>p)
  let known = <i32>get(s, 0)
  let index = get(s, 1), average = get(s, 2)
  for (let i = from; i < to; i++) {
    const up = get(xUp, i), down = get(xDown, i), total = get(xTotal, i)
    if (total != total) {
      known = 0
      index = 0
      average = 0
      put(yDx, i, NaN)
      put(yAdx, i, NaN)
      continue
    }
    const moved = total > 0 && up + down > 0
    if (moved) index = (100 * abs<f64>(up - down)) / (up + down)
    put(yDx, i, index)
    if (known >= p) {
      if (moved) average += (index - average) * share
    } else {
      known += 1
      average += moved ? index : 0
      if (known == p) average *= share
    }
    put(yAdx, i, known >= p ? average : NaN)
  }
  put(s, 0, known)
  put(s, 1, index)
  put(s, 2, average)
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
      sar = long ? smaller(extreme, smaller(lastBottom, bottom)) : larger(extreme, larger(lastTop, top))
      pace = acceleration
      extreme = long ? top : bottom
      put(y, i, sar)
    } else {
      put(y, i, sar)
      if (long ? top > extreme : bottom < extreme) {
        extreme = long ? top : bottom
        pace = smaller(maximum, pace + acceleration)
      }
    }
    sar += pace * (extreme - sar)
    sar = long ? smaller(sar, smaller(lastBottom, bottom)) : larger(sar, larger(lastTop, top))
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
    put(y, i, sqrt<f64>(larger(v, 0)))
  }
}

export function rogers_satchell(args: usize, from: i32, to: i32): void {
  const o = address(args, 0), h = address(args, 1), l = address(args, 2), c = address(args, 3), y = address(args, 4)
  for (let i = from; i < to; i++) {
    const open = get(o, i), high = get(h, i), low = get(l, i), close = get(c, i)
    put(y, i, finite(ln(high / close) * ln(high / open) + ln(low / close) * ln(low / open)))
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
