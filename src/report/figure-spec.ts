/** A Plotly figure: plain data, the same object in a notebook, a report and a static picture. */
export interface FigureSpec {
  readonly data: readonly Record<string, unknown>[]
  readonly layout: Record<string, unknown>
}
