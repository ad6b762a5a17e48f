/** An image as it is uploaded. */
export interface UploadImage {
  readonly name: string
  readonly bytes: Uint8Array
}

interface RequestParts {
  readonly method: 'GET' | 'POST'
  /** Below the path of the service's address. */
  readonly path: string
  readonly token?: string | undefined
  readonly type?: string
  readonly body?: Uint8Array
}

const BOUNDARY = 'atelier-load-7b1f5c0e9d'

/** The whole bytes of a request, ready to be sent any number of times. */
export function requestBytes(url: URL, { method, path, token, type, body }: RequestParts): Buffer {
  const lines = [
    `${method} ${url.pathname.replace(/\/+$/, '')}${path} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: atelier-loadtest',
    'Accept: */*',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ]
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    body ?? Buffer.of(),
  ])
}

/** Images as the parts of a form, under one field name. */
export function multipartForm(
  field: string,
  images: readonly UploadImage[],
): { readonly type: string; readonly body: Buffer } {
  const parts = images.flatMap(({ name, bytes }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"; filename="${quoted(name)}"\r\nContent-Type: ${imageType(bytes)}\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ])
  return {
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    body: Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]),
  }
}

/** As browsers write file names into a form. */
const quoted = (name: string) =>
  name.replace(/["\r\n]/g, (character) => encodeURIComponent(character))

/** The media type that the first bytes tell. */
export function imageType(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (start.startsWith('\x89PNG')) return 'image/png'
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (start.startsWith('GIF8')) return 'image/gif'
  if (/^RIFF....WEBP/s.test(start)) return 'image/webp'
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'image/tiff'
  return 'application/octet-stream'
}
