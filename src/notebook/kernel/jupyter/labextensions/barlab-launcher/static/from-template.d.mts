/** What {@link fromTemplate} reads of an nbformat 4 file. */
interface AnyNotebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[]
}

/**
 * A template as the notebook that lies at `path`: without outputs, with its name as the heading and in its commands, and with imports and links that fit the
 * folder's depth.
 * @param templatePath where the template lies, and `path`: relative to the project, with slashes
 */
export function fromTemplate<T extends AnyNotebook>(notebook: T, templatePath: string, path: string): T

/** The first heading of a notebook, '' where it has none. */
export function titleOf(notebook: AnyNotebook): string

/** Folder of a new notebook, by the folder that the file browser shows ('' is the project's own): the same, or notebooks/ where that is no place for one. */
export function folderOf(shown: string): string

/** The names to try for a new notebook, in order and without end: my-study, my-study-2, ... */
export function names(template: string): Generator<string, never>
