import type { Figure } from '../run-media.ts'

/** Where a figure lies among the files of a run. */
export function figurePath({ key, sha256 }: Figure, step: number): string {
  return `media/images/${key}_${step}_${sha256.slice(0, 20)}.png`
}

/** A figure as a value of history or summary. */
export function imageValue({ sha256, bytes, width, height }: Figure, path: string) {
  const size = bytes.length
  return { _type: 'image-file', sha256, size, path, format: 'png', width, height }
}
