import { address, fill, get, number, once, put, whole } from './memory'

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

// A weighted sum of an average, the average of that, ... The weights add up to 1: that of the last stage need not be said, it is what the others are distances from.
// State for each stage: values known, up to its period; its average. Params: number of stages (1, 2, 3 or 6), their periods, the weights.
export function ema_mix(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), s = address(args, 2), stages = whole(args, 3)
  const last = stages - 1
  for (let i = from; i < to; ) {
    if (get(x, i) == get(x, i) && get(s, 2 * last) >= number(args, 4 + last)) {
      if (stages == 1) i = oneStage(args, i, to)
      else if (stages == 2) i = twoStages(args, i, to)
      else if (stages == 3) i = threeStages(args, i, to)
      else i = sixStages(args, i, to)
    } else mixBar(args, i++)
  }
}

// @ts-ignore
@inline function factor(args: usize, stages: i32, k: i32): f64 {
  return once(2 / (number(args, 4 + k) + 1))
}

// One bar while not all stages are known, or a break.
function mixBar(args: usize, i: i32): void {
  const s = address(args, 2), stages = whole(args, 3)
  let v = get(address(args, 0), i)
  if (v != v) fill(s, 2 * stages, 0)
  let k = v == v ? 0 : stages
  let known = false
  for (; k < stages; k++) {
    const period = number(args, 4 + k)
    const before = get(s, 2 * k + 1)
    const seen = get(s, 2 * k)
    v = seen < period ? before + (v - before) / (seen + 1) : before + (v - before) * factor(args, stages, k)
    put(s, 2 * k, min<f64>(period, seen + 1))
    put(s, 2 * k + 1, v)
    known = seen + 1 >= period
    if (!known) break
  }
  let mix = v
  for (let q = 0; q < stages - 1; q++) mix += number(args, 4 + stages + q) * (get(s, 2 * q + 1) - v)
  put(address(args, 1), i, known && k == stages ? mix : NaN)
}

// While all averages are known. Several in one loop: while one waits for its addition the others go on. Each returns the first bar that is missing.

function oneStage(args: usize, from: i32, to: i32): i32 {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const p0 = factor(args, 1, 0)
  let a = get(s, 1)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    put(y, i, a)
  }
  put(s, 1, a)
  return i
}

function twoStages(args: usize, from: i32, to: i32): i32 {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const p0 = factor(args, 2, 0), w0 = number(args, 6)
  const p1 = factor(args, 2, 1)
  let a = get(s, 1)
  let b = get(s, 3)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    b += (a - b) * p1
    put(y, i, b + w0 * (a - b))
  }
  put(s, 1, a)
  put(s, 3, b)
  return i
}

function threeStages(args: usize, from: i32, to: i32): i32 {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const p0 = factor(args, 3, 0), w0 = number(args, 7)
  const p1 = factor(args, 3, 1), w1 = number(args, 8)
  const p2 = factor(args, 3, 2)
  let a = get(s, 1)
  let b = get(s, 3)
  let c = get(s, 5)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    a += (v - a) * p0
    b += (a - b) * p1
    c += (b - c) * p2
    put(y, i, c + w0 * (a - c) + w1 * (b - c))
  }
  put(s, 1, a)
  put(s, 3, b)
  put(s, 5, c)
  return i
}

function sixStages(args: usize, from: i32, to: i32): i32 {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const p0 = factor(args, 6, 0), w0 = number(args, 10)
  const p1 = factor(args, 6, 1), w1 = number(args, 11)
  const p2 = factor(args, 6, 2), w2 = number(args, 12)
  const p3 = factor(args, 6, 3), w3 = number(args, 13)
  const p4 = factor(args, 6, 4), w4 = number(args, 14)
  const p5 = factor(args, 6, 5)
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
    b += (a - b) * p1
    c += (b - c) * p2
    d += (c - d) * p3
    e += (d - e) * p4
    f += (e - f) * p5
    put(y, i, f + w0 * (a - f) + w1 * (b - f) + w2 * (c - f) + w3 * (d - f) + w4 * (e - f))
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
  const factor = once(1.0 / <f64>period)
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
  const fastFactor = once(2.0 / <f64>(fast + 1)), slowFactor = once(2.0 / <f64>(slow + 1)), signalFactor = once(2.0 / <f64>(signal + 1))
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
