import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Announcements } from './announcements.tsx'
import { CameraDialog } from './camera-dialog.tsx'
import { Invitation } from './invitation.tsx'
import { ModelLine } from './model-line.tsx'
import { createPicture, MOST_PICTURES, type Picture } from './picture.ts'
import { PictureCards } from './picture-cards.tsx'
import { ServiceNotice } from './service-notice.tsx'
import { TokenForm } from './token-form.tsx'
import { type Dropped, useDropAnywhere } from './use-drop-anywhere.ts'
import { usePaste } from './use-paste.ts'
import { useService } from './use-service.ts'
import { type PictureUpload, useUploads } from './use-uploads.ts'

export function TryPage() {
  const { queue, uploads } = useUploads()
  const service = useService(queue, uploads)
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [camera, setCamera] = useState(false)
  const cameras = useRef(0)

  const take = (pictures: readonly Picture[], more = '') => {
    setNote(more)
    queue.add(pictures)
  }
  const takeFiles = ({ files, folders }: Dropped) =>
    take(
      files.slice(0, MOST_PICTURES).map((file) => createPicture(file)),
      noteOn(files, folders),
    )
  const over = useDropAnywhere(takeFiles)
  usePaste((files) => take(files.map((file) => createPicture(file, 'Pasted picture'))))
  const shoot = (file: File) => {
    cameras.current += 1
    take([createPicture(file, `Camera picture ${cameras.current}`)])
  }

  return (
    <div className="page try">
      <header className="try-head">
        <h1>Try the model</h1>
        <ModelLine service={service} />
      </header>
      <ServiceNotice service={service} />
      {uploads.some(isHeldForToken) && (
        <TokenForm
          kept={() => {
            queue.release('token')
            void client.invalidateQueries({ queryKey: ['service'] })
          }}
        />
      )}
      {service.state !== 'no-model' && (
        <Invitation
          compact={uploads.length > 0}
          classes={service.classes}
          choose={(files) => takeFiles({ files, folders: 0 })}
          openCamera={() => setCamera(true)}
          take={(picture) => take([picture])}
          fail={setNote}
        />
      )}
      {note !== '' && (
        <p className="try-note" role="status">
          {note}
        </p>
      )}
      <PictureCards queue={queue} uploads={uploads} classes={service.classes} />
      <Announcements uploads={uploads} />
      {camera && <CameraDialog take={shoot} close={() => setCamera(false)} />}
      {over && <div className="try-over">Drop to classify</div>}
    </div>
  )
}

function isHeldForToken({ progress }: PictureUpload): boolean {
  return progress.kind === 'held' && progress.reason === 'token'
}

function noteOn(files: readonly File[], folders: number): string {
  const notes: string[] = []
  if (files.length > MOST_PICTURES) {
    notes.push(`Only the first ${MOST_PICTURES} of ${files.length} pictures were taken.`)
  }
  if (folders > 0) notes.push('Folders are not looked into: drop the pictures in them.')
  return notes.join(' ')
}
