import { useEffect, useRef, useState } from 'react'
import {
  type CameraProblem,
  cameraProblem,
  captureSquare,
  closeCamera,
  openCamera,
} from './camera.ts'

interface CameraDialogProps {
  readonly take: (file: File) => void
  readonly close: () => void
}

/** Open as long as it is there; Esc closes it as well. */
export function CameraDialog({ take, close }: CameraDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="camera" aria-label="Camera" onClose={close}>
      <CameraView
        key={attempt}
        take={(file) => {
          take(file)
          dialog.current?.close()
        }}
        close={() => dialog.current?.close()}
        retry={() => setAttempt(attempt + 1)}
      />
    </dialog>
  )
}

interface CameraViewProps extends CameraDialogProps {
  readonly retry: () => void
}

function CameraView({ take, close, retry }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const { stream, problem } = useCamera()
  const [ready, setReady] = useState(false)
  useEffect(() => {
    if (video.current !== null && stream !== undefined) video.current.srcObject = stream
  }, [stream])
  useEffect(() => {
    if (ready) button.current?.focus()
  }, [ready])
  const shoot = async () => take(await captureSquare(video.current!))
  return (
    <>
      {problem === undefined ? (
        <video
          ref={video}
          muted
          playsInline
          autoPlay
          onLoadedData={() => setReady(true)}
          aria-label="What the camera sees"
        />
      ) : (
        <div className="camera-problem" role="alert">
          <p className="empty-title">{problem.title}</p>
          <p>{problem.help}</p>
        </div>
      )}
      <div className="camera-buttons">
        <button type="button" className="button" onClick={close}>
          Close
        </button>
        {problem === undefined ? (
          <button
            ref={button}
            type="button"
            className="button primary"
            disabled={!ready}
            onClick={() => void shoot()}
          >
            {ready ? 'Take the picture' : 'Waiting for the camera …'}
          </button>
        ) : (
          <button type="button" className="button primary" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </>
  )
}

/** Asks for the camera once, and gives it back in the end. */
function useCamera() {
  const [stream, setStream] = useState<MediaStream>()
  const [problem, setProblem] = useState<CameraProblem>()
  useEffect(() => {
    let gone = false
    let opened: MediaStream | undefined
    const open = async () => {
      if (navigator.mediaDevices?.getUserMedia === undefined) {
        setProblem(cameraProblem(undefined, isSecureContext))
        return
      }
      try {
        opened = await openCamera()
        if (gone) closeCamera(opened)
        else setStream(opened)
      } catch (error) {
        if (!gone) setProblem(cameraProblem((error as Error).name, isSecureContext))
      }
    }
    void open()
    return () => {
      gone = true
      closeCamera(opened)
    }
  }, [])
  return { stream, problem }
}
