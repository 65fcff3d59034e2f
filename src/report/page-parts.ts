import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { projectPath } from '../core/index.js'
import type { Figure } from './figure.js'
import { displayPayload } from './payload.js'
import { darkReplacements, plotTemplate } from './theme.js'

/** What the page's script draws from, as JSON that can stand in a script element. Titles are headings of the page, so the figures go without. */
export function figureData(figures: readonly Figure[]): string {
  return scriptJson({
    templates: { light: plotTemplate('light'), dark: plotTemplate('dark') },
    darkReplacements: darkReplacements(),
    figures: Object.fromEntries(
      figures.map((shown) => {
        const { data, layout } = displayPayload(shown)
        return [shown.name, { data, layout: { ...layout, title: undefined } }]
      }),
    ),
  })
}

/** JSON that cannot end the script element it stands in, nor start a comment there. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Styles for the screen, for tables, for figures and for paper. */
export const pageStyle = (): string => ['report.css', 'tables.css', 'figures.css', 'print.css'].map(pageFile).join('\n')

/** The page's own script: one function, so that nothing of it is in sight of plotly.js. */
export const pageScript = (): string => `(() => {
'use strict'
${['numbers.mjs', 'keys.mjs', 'report.mjs'].map(pageFile).join('\n')}})()
`

const pageFile = (name: string): string => readFileSync(projectPath('src', 'report', 'page', name), 'utf8')

/** Text of plotly.js, to be put into a page. It can only be read: importing it fails outside a browser. */
export function plotlySource(): string {
  const require = createRequire(projectPath('package.json'))
  const source = readFileSync(require.resolve('plotly.js-dist-min'), 'utf8')
  return source.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--')
}
