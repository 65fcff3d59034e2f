/**
 * How values show themselves. In a notebook kernel a bundle goes to the frontend; elsewhere its text/plain part is printed.
 * The kernel launcher puts the sink on globalThis, because cells and `src/` are loaded through different module systems.
 */
export type MimeBundle = Record<string, unknown>

/** How a bundle is shown. */
export interface DisplayOptions {
  readonly metadata?: object
  /** Display id: a later call with `update: true` redraws the same output. */
  readonly id?: string
  readonly update?: boolean
}

type DisplaySink = (data: MimeBundle, options?: DisplayOptions) => void

const sink = (): DisplaySink | undefined => (globalThis as { __labDisplay?: DisplaySink }).__labDisplay

/** The method by which a value gives its MIME bundle (Deno's and this project's convention). */
export const DISPLAY: unique symbol = Symbol.for('Jupyter.display') as never

/** A value that shows itself. */
export interface Displayable {
  [DISPLAY](): MimeBundle | Promise<MimeBundle>
}

/**
 * Gives a value, arrays included, its own display. Nothing else sees it: not JSON, a spread, a comparison or a loop. What is made of the value (`{ ...value }`,
 * `array.filter(...)`) is plain again.
 * @returns the value itself
 */
export function withDisplay<T extends object>(value: T, show: () => MimeBundle | Promise<MimeBundle>): T {
  return Object.defineProperty(value, DISPLAY, { value: show, enumerable: false, configurable: true, writable: true })
}

/** True where a notebook kernel takes what is displayed. */
export const inNotebook = (): boolean => sink() !== undefined

/** The text/plain part of a bundle; undefined where it has none. */
export function plainText(data: MimeBundle): string | undefined {
  const text = data['text/plain']
  return text === undefined || typeof text === 'string' ? text : JSON.stringify(text)
}

/** Shows a bundle: in a notebook as it is, elsewhere its text/plain on stdout (an update prints again). */
export function displayBundle(data: MimeBundle, options: DisplayOptions = {}): void {
  const target = sink()
  if (target !== undefined) target(data, options)
  else if (data['text/plain'] !== undefined) process.stdout.write(`${plainText(data) ?? ''}\n`)
}

/** Shows any value: its own bundle where it has one, a string as text, the rest as Node would print it. */
export async function display(value: unknown, options: DisplayOptions = {}): Promise<void> {
  const method = (value as Partial<Displayable> | null | undefined)?.[DISPLAY]
  if (typeof method === 'function') return displayBundle(await method.call(value as Displayable), options)
  const { inspect } = await import('node:util')
  displayBundle({ 'text/plain': typeof value === 'string' ? value : inspect(value, { depth: 3, maxArrayLength: 60 }) }, options)
}

/** Shows Markdown: rendered in a notebook, as it is elsewhere. */
export function displayMarkdown(text: string): void {
  displayBundle({ 'text/markdown': text, 'text/plain': text })
}

/** The text with `&`, `<`, `>` and both quotation marks as entities. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
