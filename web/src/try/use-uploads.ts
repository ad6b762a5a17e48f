import { useEffect, useState, useSyncExternalStore } from 'react'
import { judgeFailure } from './judge-failure.ts'
import type { Picture } from './picture.ts'
import { type Prediction, predict } from './service-api.ts'
import { type Upload, UploadQueue } from './upload-queue.ts'

export type PictureUpload = Upload<Picture, Prediction>
export type PictureQueue = UploadQueue<Picture, Prediction>

/** Of the browser's six connections to a host some are left for all else. */
const AT_ONCE = 3

export function useUploads() {
  const [queue] = useState(
    (): PictureQueue =>
      new UploadQueue({
        send: ({ file }, signal) => predict(file, signal),
        judge: judgeFailure,
        atOnce: AT_ONCE,
        now: Date.now,
      }),
  )
  const uploads = useSyncExternalStore(queue.subscribe, queue.uploads)
  useEffect(() => () => queue.clear(), [queue])
  return { queue, uploads }
}
