import { formatPercent } from './bars.ts'
import type { PictureUpload } from './use-uploads.ts'

/** What a listener is told of a picture; undefined while there is nothing to tell. */
export function announcementOf({ item, progress }: PictureUpload): string | undefined {
  switch (progress.kind) {
    case 'done': {
      const { predicted_class, confidence } = progress.answer.answer
      return `${item.name}: ${predicted_class}, ${formatPercent(confidence)}`
    }
    case 'failed':
      return `${item.name} failed: ${messageOf(progress.error)}`
    case 'waiting':
      return `${item.name}: the service is busy, waiting`
    default:
      return undefined
  }
}

/** Many at once are told as a number: nobody listens to a hundred names. */
export function summarize(announcements: readonly string[]): string {
  if (announcements.length <= 3) return announcements.join('. ')
  return `${announcements.length} pictures have been answered`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
