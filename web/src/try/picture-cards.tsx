import { useRef } from 'react'
import { forgetPicture } from './picture.ts'
import { PictureCard } from './picture-card.tsx'
import type { PictureQueue, PictureUpload } from './use-uploads.ts'

interface PictureCardsProps {
  readonly queue: PictureQueue
  readonly uploads: readonly PictureUpload[]
  readonly classes: readonly string[]
}

export function PictureCards({ queue, uploads, classes }: PictureCardsProps) {
  const title = useRef<HTMLHeadingElement>(null)
  if (uploads.length === 0) return null
  const forget = (gone: readonly PictureUpload[]) => {
    for (const { item } of gone) forgetPicture(item)
    // the button that had the focus is gone with its card
    title.current?.focus()
  }
  const remove = (upload: PictureUpload) => {
    queue.remove(upload.id)
    forget([upload])
  }
  const clear = () => {
    queue.clear()
    forget(uploads)
  }
  return (
    <section className="section" aria-labelledby="pictures-title">
      <div className="cards-head">
        <h2 id="pictures-title" ref={title} tabIndex={-1}>
          {uploads.length === 1 ? '1 picture' : `${uploads.length} pictures`}
        </h2>
        {uploads.length > 1 && (
          <button type="button" className="button small" onClick={clear}>
            Remove all
          </button>
        )}
      </div>
      <div className="cards">
        {uploads.map((upload) => (
          <PictureCard
            key={upload.id}
            upload={upload}
            classes={classes}
            again={() => queue.again(upload.id)}
            cancel={() => queue.cancel(upload.id)}
            remove={() => remove(upload)}
          />
        ))}
      </div>
    </section>
  )
}
