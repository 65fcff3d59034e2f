import type { CellMessage, DisplayContent } from '../kernel/protocol.js'

/** An output as a notebook file (nbformat 4) holds it. */
export type NotebookOutput = Record<string, unknown> & { readonly output_type: string }

/** Outputs of a notebook being run: collects what cells show, cell by cell, and redraws displays that are updated later, in whichever cell they stand. */
export class OutputCollector {
  private readonly displays = new Map<string, NotebookOutput[]>()

  /** Adds a message to the outputs of the running cell. */
  add(outputs: NotebookOutput[], message: CellMessage): void {
    switch (message.type) {
      case 'stream':
        return addStream(outputs, message.content.name, message.content.text)
      case 'display_data':
        return this.addDisplay(outputs, message.content)
      case 'update_display_data':
        return this.updateDisplay(message.content)
      case 'execute_result':
        outputs.push({ output_type: 'execute_result', ...message.content })
        return
      case 'error': {
        const { ename, evalue, traceback } = message.content
        outputs.push({ output_type: 'error', ename, evalue, traceback: [...traceback] })
      }
    }
  }

  private addDisplay(outputs: NotebookOutput[], { data, metadata, transient }: DisplayContent): void {
    const output: NotebookOutput = { output_type: 'display_data', data, metadata }
    outputs.push(output)
    const id = transient.display_id
    if (id !== undefined) this.displays.set(id, [...(this.displays.get(id) ?? []), output])
  }

  private updateDisplay({ data, metadata, transient }: DisplayContent): void {
    for (const output of this.displays.get(transient.display_id ?? '') ?? []) Object.assign(output, { data, metadata })
  }
}

/** Consecutive text of one stream is one output, as Jupyter has it. */
export function addStream(outputs: NotebookOutput[], name: 'stdout' | 'stderr', text: string): void {
  const last = outputs.at(-1)
  if (last?.output_type === 'stream' && last.name === name) Object.assign(last, { text: `${last.text as string}${text}` })
  else outputs.push({ output_type: 'stream', name, text })
}
