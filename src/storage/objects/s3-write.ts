import type { ObjectInfo, ObjectSource, WriteOptions } from './object-store.ts'
import { callRemote } from './remote-call.ts'
import type { S3Place } from './s3-client.ts'
import { s3Fault } from './s3-fault.ts'
import { base64Of, contentType, infoOf, orOurOwn, type S3Write } from './s3-object.ts'
import { uploadParts } from './s3-upload.ts'
import { objectExists } from './storage-errors.ts'
import { openUploadSource } from './upload-source.ts'

export async function writeS3(
  s3: S3Place,
  key: string,
  name: string,
  from: ObjectSource,
  options: WriteOptions,
  stat: () => Promise<ObjectInfo | undefined>,
): Promise<ObjectInfo> {
  options.signal?.throwIfAborted()
  const source = await openUploadSource(from, options.md5, s3.partBytes)
  const write: S3Write = { s3, key, name, source, options, stat }
  try {
    if (source.size <= s3.partBytes) return await putAtOnce(write)
    // before gigabytes are sent for nothing; the last request asks again
    if (options.ifAbsent && (await stat()) !== undefined) throw objectExists(s3.url, key)
    return await uploadParts(write)
  } finally {
    await source.close()
  }
}

async function putAtOnce(write: S3Write): Promise<ObjectInfo> {
  const { s3, key, name, source, options } = write
  const body = await source.read(0, source.size)
  const command = new s3.library.PutObjectCommand({
    Bucket: s3.bucket,
    Key: name,
    Body: body,
    ContentLength: source.size,
    ContentMD5: base64Of(source.md5),
    ...contentType(options),
    ...(options.ifAbsent && { IfNoneMatch: '*' }),
  })
  const answer = await callRemote(
    s3,
    options.signal,
    async ({ signal }, attempt) => {
      try {
        return await s3.client.send(command, { abortSignal: signal })
      } catch (error) {
        return orOurOwn(write, error, attempt)
      }
    },
    { sends: source.size, explain: (error) => s3Fault(error, { ...s3, key }) },
  )
  options.onProgress?.(source.size)
  return infoOf(write, answer)
}
