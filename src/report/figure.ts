import { DISPLAY, EXIT, inNotebook, LabError, logger, type Displayable, type MimeBundle } from '../core/index.js'
import type { FigureSpec } from './figure-spec.js'
import { displayPayload } from './payload.js'
import { renderSvg } from './picture/render.js'
import { themed, type Theme } from './theme.js'

/** A figure with a name (file names, anchors), one sentence that says what to see in it, and its own display. */
export interface Figure extends FigureSpec, Displayable {
  readonly name: string
  readonly caption: string
  [DISPLAY](): Promise<MimeBundle>
}

/**
 * Makes a figure of a Plotly spec without template: light or dark is chosen where it is shown.
 *
 * In a notebook it shows itself interactively (`application/vnd.plotly.v1+json`) with an SVG picture for every reader that has no Plotly; outside
 * a notebook only its caption is printed, so no picture is drawn. A picture that fails is logged, and the interactive figure is shown without it. The environment variable
 * `BARLAB_THEME` says which page the interactive figure is for: `light` (default) or `dark`; pictures are light.
 * @param name lower case words joined by hyphens: it becomes a file name and an anchor.
 * @throws LabError `bad-figure-name`
 */
export function figure(name: string, caption: string, spec: FigureSpec): Figure {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new LabError('bad-figure-name', 'A figure needs a name that can be a file name and an anchor.', {
      received: JSON.stringify(name),
      expected: 'lower case letters, digits and single hyphens, for example "roc-curves"',
      help: 'change the first argument of figure()',
    })
  const made: Figure = { name, caption, data: spec.data, layout: spec.layout, [DISPLAY]: () => figureBundle(made, inNotebook()) }
  return made
}

/** Title of a figure as its layout has it, without Plotly's markup; its name where it has none. */
export function figureTitle(shown: Figure): string {
  const title = shown.layout.title as string | { text?: string } | undefined
  const text = typeof title === 'string' ? title : title?.text
  return text === undefined || text === '' ? shown.name : text.replace(/<[^>]*>/g, '')
}

/** A kernel cannot see how its reader's page looks. @throws LabError `bad-theme` */
function notebookTheme(): Theme {
  const given = process.env.BARLAB_THEME ?? ''
  if (given === '' || given === 'light' || given === 'dark') return given === 'dark' ? 'dark' : 'light'
  throw new LabError('bad-theme', 'There is no such theme.', {
    received: `BARLAB_THEME=${given}`,
    expected: 'light or dark',
    help: 'BARLAB_THEME=dark npm run lab',
    exitCode: EXIT.usage,
  })
}

/** What a figure sends to a notebook; with `picture` false the SVG is left out. @throws LabError `bad-theme` */
export async function figureBundle(shown: Figure, picture: boolean): Promise<MimeBundle> {
  const spec = themed(displayPayload(shown), notebookTheme())
  const bundle: MimeBundle = {
    'application/vnd.plotly.v1+json': { ...spec, config: { responsive: true, displaylogo: false } },
    'text/plain': `[figure ${shown.name}] ${figureTitle(shown)}: ${shown.caption}`,
  }
  if (!picture) return bundle
  try {
    const [svg] = await renderSvg([shown])
    return { ...bundle, 'image/svg+xml': svg }
  } catch (error) {
    logger().warn(
      { figure: shown.name, err: error },
      'The static picture of a figure could not be drawn; the interactive figure is shown alone.',
    )
    return bundle
  }
}
