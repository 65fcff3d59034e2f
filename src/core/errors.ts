import { inspect } from 'node:util'

/**
 * The one error a user is meant to read: what happened, what was received, what was expected, what to type next.
 * Expected outcomes (no edge found, nothing to do) are values, never a LabError.
 */
export interface LabErrorDetails {
  /** What the code met, as the user wrote it: a value, a path, a column list. */
  readonly received?: string
  /** What would have been accepted. */
  readonly expected?: string
  /** The next command or edit that helps. */
  readonly help?: string
  readonly cause?: unknown
  /** Exit code that a door chooses for this error; see exit-codes.ts. Default: failed. */
  readonly exitCode?: number
}

/** An error that a person is meant to read: the message says what happened, the details what was received, what was expected and what to type next. Programs tell them apart by `code`. */
export class LabError extends Error {
  override readonly name = 'LabError'
  readonly code: string
  readonly received: string | undefined
  readonly expected: string | undefined
  readonly help: string | undefined
  readonly exitCode: number | undefined

  /** @param code stable kebab-case identifier, for tests and programs; @param message what happened, one sentence. */
  constructor(code: string, message: string, details: LabErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.received = details.received
    this.expected = details.expected
    this.help = details.help
    this.exitCode = details.exitCode
  }
}

/** True also for a LabError that came from another copy of this module (a reloaded notebook kernel, a child process). */
export function isLabError(value: unknown): value is LabError {
  return value instanceof Error && value.name === 'LabError' && typeof (value as LabError).code === 'string'
}

/** Renders an error for a person: message, received, expected, help, then the chain of causes; a stack only where none of that exists. */
export function formatError(error: unknown): string {
  if (!isLabError(error)) {
    if (error instanceof Error) return error.stack ?? `${error.name}: ${error.message}`
    return inspect(error)
  }
  const lines = [`${error.message} [${error.code}]`]
  if (error.received !== undefined) lines.push(`  received: ${error.received}`)
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`)
  if (error.help !== undefined) lines.push(`  next:     ${error.help}`)
  for (let cause = error.cause, depth = 0; cause !== undefined && depth < 3; depth++) {
    lines.push(`  cause:    ${cause instanceof Error ? cause.message : inspect(cause)}`)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return lines.join('\n')
}

/** Plain-object form that survives IPC and JSON; the inverse is {@link errorFromJson}. */
export interface ErrorJson {
  readonly code: string
  readonly message: string
  readonly received?: string
  readonly expected?: string
  readonly help?: string
  readonly stack?: string
}

/** An error as plain data, for IPC and JSON. What is no LabError gets the code `unexpected` and keeps its stack; causes are left out. */
export function errorToJson(error: unknown): ErrorJson {
  if (isLabError(error)) {
    const { code, message, received, expected, help } = error
    return {
      code,
      message,
      ...(received !== undefined && { received }),
      ...(expected !== undefined && { expected }),
      ...(help !== undefined && { help }),
    }
  }
  if (error instanceof Error)
    return { code: 'unexpected', message: error.message, ...(error.stack !== undefined && { stack: error.stack }) }
  return { code: 'unexpected', message: inspect(error) }
}

/** The error again; a stack that came along stands as its cause. */
export function errorFromJson(json: ErrorJson): LabError {
  return new LabError(json.code, json.message, {
    received: json.received,
    expected: json.expected,
    help: json.help,
    ...(json.stack !== undefined && { cause: new Error(json.stack) }),
  })
}
