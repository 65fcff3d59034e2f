import { address, fill, get, number, put, whole } from './memory'

// Averages move along from the seed on too: of equal values the average is exactly that value.

// State: values known, up to the seed; the average. Params: period, values to pass over before the seed, factor.
export function smooth(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const period = whole(args, 3), skip = whole(args, 4), factor = number(args, 5)
  const seedAt = skip + period
  let n = <i32>get(s, 0)
  let value = get(s, 1)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v != v) {
      n = 0
      value = 0
      put(y, i, NaN)
    } else if (n >= seedAt) {
      value += (v - value) * factor
      put(y, i, value)
    } else {
      n += 1
      if (n > skip) value += (v - value) / <f64>(n - skip)
      put(y, i, n == seedAt ? value : NaN)
    }
  }
  put(s, 0, n)
  put(s, 1, value)
}

// Averages of averages. State for each stage: values known, up to its period; its average. Outputs, after their number: stages. Params: their periods.
export function cascade(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), stages = whole(args, 1)
  const s = address(args, 2 + stages)
  const last = stages - 1
  for (let i = from; i < to; ) {
    if (get(s, 2 * last) < number(args, 3 + stages + last)) cascadeBar(args, i++)
    else {
      let end = to
      for (let k = 0; k < stages; ) {
        const left = stages - k
        const together = left >= 6 ? 6 : left >= 3 ? 3 : left
        const found =
          together == 6 ? sixStages(args, k, i, end) : together == 3 ? threeStages(args, k, i, end) : together == 2 ? twoStages(args, k, i, end) : oneStage(args, k, i, end)
        if (k == 0) end = found
        k += together
      }
      i = end
      if (i < to) cascadeBar(args, i++)
    }
  }
}

// @ts-ignore
@inline function factor(args: usize, stages: i32, k: i32): f64 {
  return 2 / (number(args, 3 + stages + k) + 1)
}

// One bar while not all stages are known, or a break.
function cascadeBar(args: usize, i: i32): void {
  const stages = whole(args, 1)
  const s = address(args, 2 + stages)
  let v = get(address(args, 0), i)
  if (v != v) fill(s, 2 * stages, 0)
  let k = v == v ? 0 : stages
  for (; k < stages; k++) {
    const known = get(s, 2 * k)
    const before = get(s, 2 * k + 1)
    if (known < number(args, 3 + stages + k)) {
      v = before + (v - before) / (known + 1)
      put(s, 2 * k, known + 1)
      put(s, 2 * k + 1, v)
      if (known + 1 < number(args, 3 + stages + k)) break
    } else {
      v = before + (v - before) * factor(args, stages, k)
      put(s, 2 * k + 1, v)
    }
    put(address(args, 2 + k), i, v)
  }
  for (k = v == v ? k : 0; k < stages; k++) put(address(args, 2 + k), i, NaN)
}

// Stages from `k` on whose averages are all known, several in one loop: while one waits for its addition the others go on. Each returns the first bar that is missing.

function oneStage(args: usize, k: i32, from: i32, to: i32): i32 {
  const stages = whole(args, 1)
  const x = k == 0 ? address(args, 0) : address(args, 1 + k)
  const s = address(args, 2 + stages) + (<usize>k << 4)
  const y0 = address(args, 2 + k), p0 = factor(args, stages, k + 0)
  let a = get(s, 1)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    put(y0, i, a)
  }
  put(s, 1, a)
  return i
}

function twoStages(args: usize, k: i32, from: i32, to: i32): i32 {
  const stages = whole(args, 1)
  const x = k == 0 ? address(args, 0) : address(args, 1 + k)
  const s = address(args, 2 + stages) + (<usize>k << 4)
  const y0 = address(args, 2 + k), p0 = factor(args, stages, k + 0)
  const y1 = address(args, 3 + k), p1 = factor(args, stages, k + 1)
  let a = get(s, 1)
  let b = get(s, 3)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    put(y0, i, a)
    b += (a - b) * p1
    put(y1, i, b)
  }
  put(s, 1, a)
  put(s, 3, b)
  return i
}

function threeStages(args: usize, k: i32, from: i32, to: i32): i32 {
  const stages = whole(args, 1)
  const x = k == 0 ? address(args, 0) : address(args, 1 + k)
  const s = address(args, 2 + stages) + (<usize>k << 4)
  const y0 = address(args, 2 + k), p0 = factor(args, stages, k + 0)
  const y1 = address(args, 3 + k), p1 = factor(args, stages, k + 1)
  const y2 = address(args, 4 + k), p2 = factor(args, stages, k + 2)
  let a = get(s, 1)
  let b = get(s, 3)
  let c = get(s, 5)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    put(y0, i, a)
    b += (a - b) * p1
    put(y1, i, b)
    c += (b - c) * p2
    put(y2, i, c)
  }
  put(s, 1, a)
  put(s, 3, b)
  put(s, 5, c)
  return i
}

function sixStages(args: usize, k: i32, from: i32, to: i32): i32 {
  const stages = whole(args, 1)
  const x = k == 0 ? address(args, 0) : address(args, 1 + k)
  const s = address(args, 2 + stages) + (<usize>k << 4)
  const y0 = address(args, 2 + k), p0 = factor(args, stages, k + 0)
  const y1 = address(args, 3 + k), p1 = factor(args, stages, k + 1)
  const y2 = address(args, 4 + k), p2 = factor(args, stages, k + 2)
  const y3 = address(args, 5 + k), p3 = factor(args, stages, k + 3)
  const y4 = address(args, 6 + k), p4 = factor(args, stages, k + 4)
  const y5 = address(args, 7 + k), p5 = factor(args, stages, k + 5)
  let a = get(s, 1)
  let b = get(s, 3)
  let c = get(s, 5)
  let d = get(s, 7)
  let e = get(s, 9)
  let f = get(s, 11)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    put(y0, i, a)
    b += (a - b) * p1
    put(y1, i, b)
    c += (b - c) * p2
    put(y2, i, c)
    d += (c - d) * p3
    put(y3, i, d)
    e += (d - e) * p4
    put(y4, i, e)
    f += (e - f) * p5
    put(y5, i, f)
  }
  put(s, 1, a)
  put(s, 3, b)
  put(s, 5, c)
  put(s, 7, d)
  put(s, 9, e)
  put(s, 11, f)
  return i
}

// State: values since the last break, up to period + 1; the value before; both averages.
export function gains_and_losses(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), up = address(args, 1), down = address(args, 2), s = address(args, 3), period = whole(args, 4)
  const factor = 1.0 / <f64>period
  let n = <i32>get(s, 0)
  let before = get(s, 1)
  let gain = get(s, 2)
  let loss = get(s, 3)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v != v || n == 0) {
      n = v == v ? 1 : 0
      before = v
      gain = 0
      loss = 0
      put(up, i, NaN)
      put(down, i, NaN)
      continue
    }
    const move = v - before
    before = v
    const rise = (abs<f64>(move) + move) * 0.5
    const fall = (abs<f64>(move) - move) * 0.5
    if (n > period) {
      gain += (rise - gain) * factor
      loss += (fall - loss) * factor
    } else {
      gain += (rise - gain) / <f64>n
      loss += (fall - loss) / <f64>n
      n += 1
      if (n <= period) {
        put(up, i, NaN)
        put(down, i, NaN)
        continue
      }
    }
    put(up, i, gain)
    put(down, i, loss)
  }
  put(s, 0, n)
  put(s, 1, before)
  put(s, 2, gain)
  put(s, 3, loss)
}

// State: values since the last break, up to the signal's seed; the three averages. Params: three periods.
export function macd(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), outLine = address(args, 1), outSignal = address(args, 2), outHistogram = address(args, 3), s = address(args, 4)
  const fast = whole(args, 5), slow = whole(args, 6), signal = whole(args, 7)
  const fastFactor = 2.0 / <f64>(fast + 1), slowFactor = 2.0 / <f64>(slow + 1), signalFactor = 2.0 / <f64>(signal + 1)
  const seedAt = slow + signal - 1
  let n = <i32>get(s, 0)
  let quick = get(s, 1)
  let calm = get(s, 2)
  let average = get(s, 3)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v != v) {
      n = 0
      quick = 0
      calm = 0
      average = 0
      put(outLine, i, NaN)
      put(outSignal, i, NaN)
      put(outHistogram, i, NaN)
      continue
    }
    if (n >= seedAt) {
      quick += (v - quick) * fastFactor
      calm += (v - calm) * slowFactor
      const line = quick - calm
      average += (line - average) * signalFactor
      put(outLine, i, line)
      put(outSignal, i, average)
      put(outHistogram, i, line - average)
      continue
    }
    n += 1
    if (n <= slow) {
      if (n > slow - fast) quick += (v - quick) / <f64>(n - slow + fast)
      calm += (v - calm) / <f64>n
    } else {
      quick += (v - quick) * fastFactor
      calm += (v - calm) * slowFactor
    }
    const line = quick - calm
    if (n >= slow) average += (line - average) / <f64>(n - slow + 1)
    put(outLine, i, n >= slow ? line : NaN)
    put(outSignal, i, n == seedAt ? average : NaN)
    put(outHistogram, i, n == seedAt ? line - average : NaN)
  }
  put(s, 0, n)
  put(s, 1, quick)
  put(s, 2, calm)
  put(s, 3, average)
}

// State: whether the average is known, the average. Inputs: values, change over the window, length of the path.
export function kama(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), move = address(args, 1), path = address(args, 2), y = address(args, 3), s = address(args, 4)
  const fast = 2.0 / 3.0
  const slow = 2.0 / 31.0
  let known = get(s, 0) == 1
  let value = get(s, 1)
  for (let i = from; i < to; i++) {
    const total = get(path, i)
    if (total != total) {
      known = false
      put(y, i, NaN)
      continue
    }
    if (!known) value = get(x, i - 1)
    known = true
    const moved = abs<f64>(get(move, i))
    // A flat window has moved all of the nothing it could: efficiency 1, as TA-Lib has it.
    const efficiency = total <= moved ? 1 : moved / total
    const pace = efficiency * (fast - slow) + slow
    value += (get(x, i) - value) * pace * pace
    put(y, i, value)
  }
  put(s, 0, known ? 1 : 0)
  put(s, 1, value)
}

// Mix of the last four of six stages. Their weights add up to 1: the last one is what the others are distances from.
export function mix_t3(args: usize, from: i32, to: i32): void {
  const c = address(args, 0), d = address(args, 1), e = address(args, 2), f = address(args, 3), y = address(args, 4)
  const p = number(args, 6), q = number(args, 7), r = number(args, 8)
  for (let i = from; i < to; i++) {
    const last = get(f, i)
    put(y, i, last + p * (get(c, i) - last) + q * (get(d, i) - last) + r * (get(e, i) - last))
  }
}

export function triple(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), c = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) put(y, i, 3 * (get(a, i) - get(b, i)) + get(c, i))
}

// Returns whose weights halve. State: returns known, variance. Params: share that is kept, first return that counts.
export function decay(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const keep = number(args, 3), halfLife = whole(args, 4)
  let run = <i32>get(s, 0)
  let variance = get(s, 1)
  for (let i = from; i < to; i++) {
    const r = get(x, i)
    if (r != r) {
      run = 0
      put(y, i, NaN)
      continue
    }
    variance = run == 0 ? r * r : keep * variance + (1 - keep) * r * r
    run += 1
    put(y, i, run >= halfLife ? sqrt<f64>(variance) : NaN)
  }
  put(s, 0, run)
  put(s, 1, variance)
}
