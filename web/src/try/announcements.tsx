import { useEffect, useRef, useState } from 'react'
import { announcementOf, summarize } from './announce.ts'
import type { PictureUpload } from './use-uploads.ts'

const GATHER_MS = 250

/** Tells screen readers of results, together where they come together. */
export function Announcements({ uploads }: { readonly uploads: readonly PictureUpload[] }) {
  const [text, setText] = useState('')
  const told = useRef(new Map<number, string>())
  useEffect(() => {
    const timer = setTimeout(() => {
      const news = uploads.flatMap((upload) => {
        const announcement = announcementOf(upload)
        const isNew = announcement !== undefined && told.current.get(upload.id) !== announcement
        if (announcement === undefined) told.current.delete(upload.id)
        else told.current.set(upload.id, announcement)
        return isNew ? [announcement] : []
      })
      if (news.length > 0) setText(summarize(news))
    }, GATHER_MS)
    return () => clearTimeout(timer)
  }, [uploads])
  return (
    <p className="hidden" role="status" aria-live="polite">
      {text}
    </p>
  )
}
