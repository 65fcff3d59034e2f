/** Anchors of headings as GitHub makes them: lower case, spaces to hyphens, other marks gone; a repeated one gets `-1`, `-2`, ... */
export class HeadingAnchors {
  readonly #seen = new Map<string, number>()

  next(heading: string): string {
    const plain = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
    const before = this.#seen.get(anchor)
    this.#seen.set(anchor, (before ?? -1) + 1)
    return before === undefined ? anchor : `${anchor}-${before + 1}`
  }
}
