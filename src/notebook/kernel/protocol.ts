import type { KeepAnswer, KeepRequest, NameDigest, NamesRequest } from '../steps/kernel-side.js'

/**
 * What a Node program and the kernel say to each other when the kernel is started with `--ipc` (see main.cjs): JSON over the channel of `fork`,
 * no sockets and no Python. The contents are those of the Jupyter messaging protocol 5.3, so that they go into a notebook file as they are.
 *
 * parent -> kernel   execute, shutdown; an interrupt is the signal SIGINT, which alone stops a loop, and the message beside it: a signal that comes in
 *                    the moment when a cell goes from running to waiting is lost
 * kernel -> parent   ready | failed (once), then for each execute: any number of {@link CellMessage}, and one reply as the last;
 *                    late-error whenever something throws that no cell is waiting for
 * ask -> answer      between cells: see {@link StepActions}
 */

/** A MIME bundle: one value in several representations. */
export type MimeData = Record<string, unknown>

export interface DisplayContent {
  readonly data: MimeData
  readonly metadata: Record<string, unknown>
  readonly transient: { readonly display_id?: string }
}

export interface ErrorContent {
  /** Class of the error: `TypeScriptError`, `LabError`, `KeyboardInterrupt`, `TypeError`, ... */
  readonly ename: string
  /** Its message, one line or more. */
  readonly evalue: string
  /** Lines for a person, paths relative to the project; lines of `LabError` are its received, expected and next. */
  readonly traceback: readonly string[]
  /** The fields of a `LabError`, so that a program need not read the text. */
  readonly lab?: {
    readonly code: string
    readonly received?: string
    readonly expected?: string
    readonly help?: string
    readonly exitCode?: number
  }
}

/** What a running cell shows. `id` is the one given to execute. */
export type CellMessage =
  | { readonly type: 'stream'; readonly id: number; readonly content: { readonly name: 'stdout' | 'stderr'; readonly text: string } }
  | { readonly type: 'display_data'; readonly id: number; readonly content: DisplayContent }
  | { readonly type: 'update_display_data'; readonly id: number; readonly content: DisplayContent }
  | {
      readonly type: 'execute_result'
      readonly id: number
      readonly content: { readonly execution_count: number; readonly data: MimeData; readonly metadata: Record<string, unknown> }
    }
  | { readonly type: 'error'; readonly id: number; readonly content: ErrorContent }

/** The end of a cell. `aborted`: it did not run, because a cell before it had failed while this one was waiting. */
export type ExecuteReply =
  | { readonly status: 'ok'; readonly execution_count: number }
  | ({ readonly status: 'error'; readonly execution_count: number } & ErrorContent)
  | { readonly status: 'aborted' }

/** What cells have used since the last question, beside their variables. Paths are absolute; the state of a file is that of its first reading (input-files.ts). */
export interface CellUse {
  readonly read: readonly (readonly [path: string, state: string])[]
  readonly written: readonly string[]
  /** Read by a module of the project while it was loaded. */
  readonly byModules: readonly (readonly [module: string, path: string, state: string])[]
  /** Sections of run.json that were recorded. */
  readonly sections: readonly string[]
  /** The environment and the names of global values, now. */
  readonly environment: Readonly<Record<string, string>>
  readonly globals: readonly string[]
  /** Files of the project that are loaded -> SHA-256 of each text of it that was. */
  readonly texts: Readonly<Record<string, readonly string[]>>
}

/** What can be asked of the kernel between cells, each with its input and its answer (steps.cjs). */
export interface StepActions {
  digest(input: NamesRequest): Record<string, NameDigest>
  /** Remembers the values that these names have now, see NamesRequest.heldBy. */
  hold(input: { step: string; names: readonly string[] }): void
  keep(input: KeepRequest): KeepAnswer
  /** Takes a cell as run, with the variables of a file. */
  adopt(input: { source: string; importText: string; file: string; runFolder: string }): ExecuteReply
  use(input: null): CellUse
  /** Every file read since the kernel started, with its state then. */
  filesRead(input: null): readonly (readonly [path: string, state: string])[]
}

export type StepAction = keyof StepActions

export type KernelMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly content: ErrorContent }
  | CellMessage
  | { readonly type: 'reply'; readonly id: number; readonly content: ExecuteReply }
  | { readonly type: 'late-error'; readonly content: ErrorContent }
  | { readonly type: 'answer'; readonly id: number; readonly content: { readonly value: unknown } | { readonly error: ErrorContent } }

export type KernelRequest =
  | { readonly type: 'execute'; readonly id: number; readonly code: string }
  | { readonly type: 'ask'; readonly id: number; readonly action: StepAction; readonly input: unknown }
  | { readonly type: 'interrupt'; readonly id: number }
  | { readonly type: 'shutdown' }
