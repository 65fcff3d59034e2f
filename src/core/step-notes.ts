/** Tells the batch runner that a section of run.json was written, so that a step which is taken over writes it too. Nothing elsewhere. */
export function noteSection(section: string): void {
  // The launcher puts the set on globalThis, because cells and `src/` are loaded through different module systems.
  ;(globalThis as { __labSections?: Set<string> }).__labSections?.add(section)
}
