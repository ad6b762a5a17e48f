import type { ModelInput } from '../../../src/contracts/index.ts'

/** Planes of bytes as the RGBA pixels of a canvas. */
export function toRgba({
  width,
  height,
  channels,
  data,
}: ModelInput): Uint8ClampedArray<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
  const area = width * height
  const rgba = new Uint8ClampedArray(4 * area)
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const plane = channels === 1 ? 0 : channel
      rgba[4 * pixel + channel] = bytes[plane * area + pixel]!
    }
    rgba[4 * pixel + 3] = 255
  }
  return rgba
}
