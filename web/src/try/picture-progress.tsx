import { useEffect, useState } from 'react'
import { formatBytes } from '../shared/format.ts'
import { Problem } from '../shared/problem.tsx'
import { ApiError } from '../shared/request.ts'
import type { Picture } from './picture.ts'
import type { Prediction } from './service-api.ts'
import type { Progress } from './upload-queue.ts'

interface PictureProgressProps {
  readonly picture: Picture
  readonly progress: Exclude<Progress<Prediction>, { readonly kind: 'done' }>
  readonly again: () => void
  readonly cancel: () => void
}

/** A picture that has no answer yet, or none at all. */
export function PictureProgress({ picture, progress, again, cancel }: PictureProgressProps) {
  switch (progress.kind) {
    case 'sending':
      return <Sending since={progress.since} cancel={cancel} />
    case 'queued':
      return <Pending text="In line" button="Cancel" act={cancel} />
    case 'waiting':
      return <Waiting until={progress.until} error={progress.error} cancel={cancel} />
    case 'held':
      return (
        <Pending
          text={
            progress.reason === 'token'
              ? 'Waiting for the token'
              : 'Waiting until the service answers again'
          }
          button="Cancel"
          act={cancel}
        />
      )
    case 'cancelled':
      return <Pending text="Cancelled" button="Send again" act={again} />
    case 'failed':
      return (
        <div className="card-result">
          <Problem error={explained(progress.error, picture)} />
          <button type="button" className="button small" onClick={again}>
            Send again
          </button>
        </div>
      )
  }
}

/** An answer within this time needs no progress. */
const PATIENCE_MS = 300

function Sending({ since, cancel }: { readonly since: number; readonly cancel: () => void }) {
  const now = useNow(100)
  const waited = now - since
  if (waited < PATIENCE_MS) return <div className="card-result" />
  return (
    <Pending
      text={waited < 1000 ? 'Asking the model' : `Asking the model, ${Math.floor(waited / 1000)} s`}
      button="Cancel"
      act={cancel}
      busy
    />
  )
}

function Waiting({
  until,
  error,
  cancel,
}: {
  readonly until: number
  readonly error: unknown
  readonly cancel: () => void
}) {
  const seconds = Math.max(0, Math.ceil((until - useNow(250)) / 1000))
  const why = error instanceof Error ? error.message : ''
  return (
    <Pending
      text={`The service is busy. Sending again in ${seconds} s`}
      title={why}
      button="Cancel"
      act={cancel}
      busy
    />
  )
}

interface PendingProps {
  readonly text: string
  readonly title?: string
  readonly button: string
  readonly act: () => void
  readonly busy?: boolean
}

function Pending({ text, title, button, act, busy = false }: PendingProps) {
  return (
    <div className="card-result">
      <p className="card-pending">{text}</p>
      {title !== undefined && title !== '' && <p className="faint">{title}</p>}
      {busy && <div className="busy" role="progressbar" aria-label={text} />}
      <button type="button" className="button small" onClick={act}>
        {button}
      </button>
    </div>
  )
}

/** Servers cut off what is far too large before they can say so. */
const SUSPICIOUS_BYTES = 1e6

/**
 * A connection that breaks for one picture and not for others says nothing by itself, and what is too
 * large is better told with how large it is.
 */
function explained(error: unknown, { file }: Picture): unknown {
  if (!(error instanceof ApiError)) return error
  const { status, code, message } = error
  const size = formatBytes(file.size)
  if (status === 413)
    return new ApiError(413, { detail: `${message} (the file has ${size})`, code })
  if (status !== 0) return error
  const broke = `The connection broke while this picture (${size}) was sent.`
  const why = file.size < SUSPICIOUS_BYTES ? '' : ' It may be larger than the service takes.'
  return new ApiError(0, { detail: broke + why, code })
}

function useNow(every: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}
