// Arguments of a kernel lie in memory one after another: addresses of inputs, of outputs, of its state, then parameters. Each takes 16 bytes: as f64, then as whole
// number. See `once` for the reason. All columns are f64.

// @ts-ignore
@inline export function address(args: usize, k: i32): usize {
  return <usize>load<u32>(args + (<usize>k << 4) + 8)
}

// @ts-ignore
@inline export function number(args: usize, k: i32): f64 {
  return load<f64>(args + (<usize>k << 4))
}

// @ts-ignore
@inline export function whole(args: usize, k: i32): i32 {
  return load<i32>(args + (<usize>k << 4) + 8)
}

// @ts-ignore
@inline export function get(column: usize, i: i32): f64 {
  return load<f64>(column + (<usize>i << 3))
}

// @ts-ignore
@inline export function put(column: usize, i: i32, value: f64): void {
  store<f64>(column + (<usize>i << 3), value)
}

const SCRATCH: usize = 65000

// What a kernel computes once, before its loop. By way of memory: V8 11 would move the computation into the loop and do it again for every bar.
// @ts-ignore
@inline export function once(value: f64): f64 {
  store<f64>(SCRATCH, value)
  return load<f64>(SCRATCH)
}

// The larger and the smaller of two numbers, without a branch that would often be guessed wrong. Where `a` is NaN so is the result; where only `b` is, it is `a`.
// @ts-ignore
@inline export function larger(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmax(f64x2.splat(a), f64x2.splat(b)), 0)
}

// @ts-ignore
@inline export function smaller(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmin(f64x2.splat(a), f64x2.splat(b)), 0)
}

// Natural logarithm. Near 1, where the ratios of neighbouring prices lie, by 2 artanh((x - 1) / (x + 1)), whose series ends soon: within 2 units of the last place.
// @ts-ignore
@inline export function ln(x: f64): f64 {
  const d = x - 1
  if (abs<f64>(d) > 0.05) return Math.log(x)
  const r = d / (x + 1)
  const z = r * r
  return 2 * r + 2 * r * z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11)))))
}

// @ts-ignore
@inline export function finite(value: f64): f64 {
  return value - value == 0 ? value : NaN
}

export function fill(column: usize, count: i32, value: f64): void {
  for (let i = 0; i < count; i++) put(column, i, value)
}
