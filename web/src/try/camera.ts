/** What keeps the camera from being used, and what helps. */
export interface CameraProblem {
  readonly title: string
  readonly help: string
}

/** By the name of what `getUserMedia` threw; undefined where it does not exist at all. */
export function cameraProblem(name: string | undefined, isSecure: boolean): CameraProblem {
  if (name === undefined) {
    return isSecure
      ? { title: 'This browser has no camera for pages', help: 'Choose a picture instead.' }
      : {
          title: 'The camera needs a safe connection',
          help: 'Browsers give it to https and to localhost only. Choose a picture instead.',
        }
  }
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return {
        title: 'The camera is not allowed',
        help: "Allow it for this page in the browser's address bar, then try again.",
      }
    case 'NotFoundError':
    case 'OverconstrainedError':
      return { title: 'There is no camera', help: 'Connect one, or choose a picture instead.' }
    case 'NotReadableError':
      return {
        title: 'The camera cannot be opened',
        help: 'Another program may be using it. Close that, then try again.',
      }
    default:
      return { title: 'The camera cannot be opened', help: `The browser says: ${name}.` }
  }
}

export async function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    // on a phone the one that looks away from its holder
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 1280 } },
  })
}

export function closeCamera(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

/** The middle square of what the video shows now: what the dialog shows is what is sent. */
export function captureSquare(video: HTMLVideoElement): Promise<File> {
  const { videoWidth, videoHeight } = video
  const size = Math.min(videoWidth, videoHeight)
  const canvas = document.createElement('canvas')
  canvas.width = size
  canvas.height = size
  const [x, y] = [(videoWidth - size) / 2, (videoHeight - size) / 2]
  canvas.getContext('2d')!.drawImage(video, x, y, size, size, 0, 0, size, size)
  return new Promise((done, fail) => {
    canvas.toBlob(
      (blob) => {
        if (blob === null) fail(new Error('The picture could not be taken.'))
        else done(new File([blob], 'camera.jpg', { type: blob.type }))
      },
      'image/jpeg',
      0.95,
    )
  })
}
