/** Something to classify. */
export interface Picture {
  readonly file: File
  /** What people call it. */
  readonly name: string
  /** Shows it; ends with `forgetPicture`. */
  readonly url: string
}

/** More at once are not what this page is for. */
export const MOST_PICTURES = 100

export function createPicture(file: File, name = file.name): Picture {
  return { file, name, url: URL.createObjectURL(file) }
}

export function forgetPicture({ url }: Picture): void {
  URL.revokeObjectURL(url)
}
