export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff'

/** First bytes of each format; where it says null any byte may stand. */
const SIGNATURES: Readonly<Record<ImageFormat, readonly (readonly (number | null)[])[]>> = {
  png: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  jpeg: [[0xff, 0xd8, 0xff]],
  webp: [[0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
  gif: [
    [0x47, 0x49, 0x46, 0x38, 0x37, 0x61],
    [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
  ],
  tiff: [
    [0x49, 0x49, 0x2a, 0x00],
    [0x4d, 0x4d, 0x00, 0x2a],
  ],
}

/** The format by the first bytes, whatever the file is called; undefined for anything else. */
export function sniffImageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const matches = (signature: readonly (number | null)[]) =>
    signature.every((byte, i) => byte === null || byte === bytes[i])
  const formats = Object.keys(SIGNATURES) as ImageFormat[]
  return formats.find((format) => SIGNATURES[format].some(matches))
}
