import { DISPLAY, type Displayable, type MimeBundle } from '../core/index.js'

/** A Plotly figure: plain data, the same object in a notebook, a report and a static picture. */
export interface FigureSpec {
  readonly data: readonly Record<string, unknown>[]
  readonly layout: Record<string, unknown>
}

/** A figure with a name (file names, anchors), one sentence that says what to see in it, and its own display. */
export interface Figure extends FigureSpec, Displayable {
  readonly name: string
  readonly caption: string
  [DISPLAY](): Promise<MimeBundle>
}
