import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { projectPath } from '../../src/core/index.js'
import { WRITTEN } from './reference-page.js'

export interface ErrorCode {
  readonly code: string
  /** Sentences that come with it, as far as they are written out in the source; parts that vary stand as `...`. */
  readonly messages: readonly string[]
  /** Paths from the project. */
  readonly files: readonly string[]
}

/** What is thrown as it stands, by the name of its class: the launcher of the kernel has one of its own. */
const ERROR_CLASSES = ['LabError', 'Refusal']

/** Every code that src/ throws: the first argument of `new LabError(...)`, and of functions of the same file that take a `code` first. Codes that come from Python are not among them. */
export function errorCodes(): ErrorCode[] {
  const found = new Map<string, { messages: Set<string>; files: Set<string> }>()
  for (const file of sources()) {
    const source = ts.createSourceFile(file, readFileSync(projectPath(file), 'utf8'), ts.ScriptTarget.ES2022, true)
    const makers = makersOf(source)
    const visit = (node: ts.Node): void => {
      const made = ts.isNewExpression(node)
        ? ERROR_CLASSES.includes(node.expression.getText())
        : ts.isCallExpression(node) && makers.has(node.expression.getText())
      const [code, message] = made ? ((node as ts.NewExpression).arguments ?? []) : []
      if (code !== undefined && ts.isStringLiteral(code)) {
        const entry = found.get(code.text) ?? { messages: new Set(), files: new Set() }
        const text = message === undefined ? undefined : sentenceOf(message)
        if (text !== undefined) entry.messages.add(text)
        entry.files.add(file)
        found.set(code.text, entry)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return [...found]
    .map(([code, { messages, files }]) => ({ code, messages: [...messages], files: [...files] }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** Names of the functions of a file whose first parameter is called `code`. */
function makersOf(source: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    const name = ts.isFunctionDeclaration(node)
      ? node.name
      : ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)
        ? node.name
        : undefined
    const made = ts.isVariableDeclaration(node) ? node.initializer : node
    if (name !== undefined && made !== undefined && (ts.isFunctionDeclaration(made) || ts.isArrowFunction(made)))
      if (made.parameters[0]?.name.getText() === 'code') names.add(name.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

const sources = (): string[] =>
  (readdirSync(projectPath('src'), { recursive: true }) as string[])
    .filter((path) => /\.(ts|cjs)$/.test(path) && !/\.(test|fixture|d)\.ts$/.test(path))
    .map((path) => `src/${path}`)
    .sort()

function sentenceOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node)) return `${node.head.text}${node.templateSpans.map(({ literal }) => `...${literal.text}`).join('')}`
  return undefined
}

/** docs/reference/errors.md */
export function errorsPage(codes: readonly ErrorCode[]): string {
  const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\n/g, ' ')
  const rows = codes.map(({ code, messages, files }) => {
    const where = files.map((file) => `[${file.slice(4).replace(/\.(ts|cjs)$/, '')}](../../${file})`).join(', ')
    return `| \`${code}\` | ${cell(messages.join(' / '))} | ${where} |`
  })
  return `# Errors

${WRITTEN}

Every error says what happened \`[with its code]\`, what was received, what was expected and what to type next. The common ones, by what you see: [troubleshooting](../troubleshooting.md). A program tells them apart by \`code\`, which does not change with the
words: \`isLabError(error) && error.code === 'too-few-bars'\`.

| Code | What happened | Thrown in |
| --- | --- | --- |
${rows.join('\n')}
`
}
