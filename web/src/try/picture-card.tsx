import { useState } from 'react'
import { formatBytes } from '../shared/format.ts'
import { ModelInputView } from './model-input-view.tsx'
import type { Picture } from './picture.ts'
import { PictureProgress } from './picture-progress.tsx'
import { PictureResult } from './picture-result.tsx'
import type { PictureUpload } from './use-uploads.ts'

interface PictureCardProps {
  readonly upload: PictureUpload
  readonly classes: readonly string[]
  readonly again: () => void
  readonly cancel: () => void
  readonly remove: () => void
}

export function PictureCard({ upload, classes, again, cancel, remove }: PictureCardProps) {
  const { item, progress } = upload
  const input = progress.kind === 'done' ? progress.answer.answer.model_input : undefined
  const isExpecting = ['queued', 'sending', 'waiting'].includes(progress.kind)
  return (
    <article className="panel card" aria-label={item.name}>
      <header className="card-head">
        <h3 title={item.file.name}>{item.name}</h3>
        <span className="faint">{formatBytes(item.file.size)}</span>
        <button
          type="button"
          className="button quiet small"
          aria-label={`Remove ${item.name}`}
          onClick={remove}
        >
          ×
        </button>
      </header>
      <div className={isExpecting ? 'card-body expecting' : 'card-body'}>
        <div className="card-pictures">
          <Original picture={item} />
          {input !== undefined && <ModelInputView input={input} />}
        </div>
        {progress.kind === 'done' ? (
          <PictureResult prediction={progress.answer} classes={classes} />
        ) : (
          <PictureProgress picture={item} progress={progress} again={again} cancel={cancel} />
        )}
      </div>
    </article>
  )
}

/** Side in pixels; what has fewer is shown by its pixels, like the model's input beside it. */
const THUMBNAIL = 128

/** Browsers cannot show all formats that the service can read. */
function Original({ picture }: { readonly picture: Picture }) {
  const [shown, setShown] = useState(true)
  const [small, setSmall] = useState(false)
  return (
    <figure className="thumbnail">
      {shown ? (
        <img
          src={picture.url}
          alt={`${picture.name}, as it is`}
          className={small ? 'pixels' : undefined}
          onLoad={({ currentTarget }) => setSmall(currentTarget.naturalWidth < THUMBNAIL)}
          onError={() => setShown(false)}
        />
      ) : (
        <div className="thumbnail-none">No preview</div>
      )}
      <figcaption>Picture</figcaption>
    </figure>
  )
}
