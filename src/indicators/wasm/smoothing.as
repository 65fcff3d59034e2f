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
      const first = address(args, 2)
      let end = to
      let k = 0
      if (stages > 1) {
        end = twoStages(x, first, address(args, 3), s, factor(args, stages, 0), factor(args, stages, 1), i, to)
        k = 2
      }
      for (; k + 1 < stages; k += 2) {
        const p = factor(args, stages, k), q = factor(args, stages, k + 1)
        twoStages(address(args, 1 + k), address(args, 2 + k), address(args, 3 + k), s + (<usize>k << 4), p, q, i, end)
      }
      if (k < stages) {
        const input = k == 0 ? x : address(args, 1 + k)
        end = oneStage(input, address(args, 2 + k), s + (<usize>k << 4), factor(args, stages, k), i, end)
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

// Two at a time: while one waits for its addition the other goes on. Returns the first bar that is missing.
function twoStages(x: usize, y: usize, z: usize, s: usize, p: f64, q: f64, from: i32, to: i32): i32 {
  let first = get(s, 1)
  let second = get(s, 3)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    first += (v - first) * p
    put(y, i, first)
    second += (first - second) * q
    put(z, i, second)
  }
  put(s, 1, first)
  put(s, 3, second)
  return i
}

function oneStage(x: usize, y: usize, s: usize, p: f64, from: i32, to: i32): i32 {
  let value = get(s, 1)
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v != v) break
    value += (v - value) * p
    put(y, i, value)
  }
  put(s, 1, value)
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
