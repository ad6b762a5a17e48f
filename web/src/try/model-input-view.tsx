import { useEffect, useRef } from 'react'
import type { ModelInput } from '../../../src/contracts/index.ts'
import { toRgba } from './pixels.ts'

/** The pixels that the model saw, as the service gave them: what the browser would scale is not that. */
export function ModelInputView({ input }: { readonly input: ModelInput }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width, height } = input
  useEffect(() => {
    const pixels = new ImageData(toRgba(input), input.width, input.height)
    canvas.current?.getContext('2d')?.putImageData(pixels, 0, 0)
  }, [input])
  return (
    <figure className="thumbnail">
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={`As the model sees it, ${width} by ${height} pixels`}
      />
      <figcaption>
        As the model sees it, {width} × {height}
      </figcaption>
    </figure>
  )
}
