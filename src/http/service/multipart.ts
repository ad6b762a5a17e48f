/**
 * multipart/form-data in a body that is already here, whole and bounded: nothing is copied, streamed
 * or written to disk. Strict: what RFC 7578 does not allow is refused.
 */
import { httpError } from '../http-error.ts'

export interface FormPart {
  readonly name: string
  /** As the client calls the file; undefined for a plain field. */
  readonly filename: string | undefined
  /** A view of the body. */
  readonly data: Buffer
}

/** Of one part; names of fields and files are short. */
const MAX_HEADER_BYTES = 2048
/** RFC 2046 */
const MAX_BOUNDARY = 70
const CRLF = Buffer.from('\r\n')
const BLANK_LINE = Buffer.from('\r\n\r\n')
const DASHES = 0x2d2d
const LINE_END = 0x0d0a

/** The parts of a form, in order. Answers 400 for a broken form, 413 for more than `maxParts`. */
export function parseMultipart(body: Buffer, contentType: string, maxParts: number): FormPart[] {
  const delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`, 'latin1')
  // the first delimiter has no line before it
  const first = delimiter.subarray(CRLF.length)
  if (!body.subarray(0, first.length).equals(first)) throw broken('it does not begin with a part')
  const parts: FormPart[] = []
  let at = first.length
  for (;;) {
    const follows = at + 2 <= body.length ? body.readUInt16BE(at) : 0
    if (follows === DASHES) return parts
    if (follows !== LINE_END) throw broken('a boundary is not followed by a part or the end')
    if (parts.length >= maxParts) {
      throw httpError(413, 'TOO_MANY_PARTS', `The form has more than ${maxParts} parts.`)
    }
    const headersAt = at + 2
    const blank = body
      .subarray(headersAt, headersAt + MAX_HEADER_BYTES + BLANK_LINE.length)
      .indexOf(BLANK_LINE)
    if (blank < 0) throw broken('the headers of a part do not end, or are too long')
    const dataAt = headersAt + blank + BLANK_LINE.length
    const end = body.indexOf(delimiter, dataAt)
    if (end < 0) throw broken('it is cut off')
    const headers = body.toString('utf8', headersAt, headersAt + blank)
    const { name, filename } = dispositionOf(headers)
    parts.push({ name, filename, data: body.subarray(dataAt, end) })
    at = end + delimiter.length
  }
}

function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"\r\n]*)"|([^\s;"]+))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2] ?? ''
  if (boundary === '' || boundary.length > MAX_BOUNDARY) {
    throw broken('its Content-Type names no boundary of 1 to 70 characters')
  }
  return boundary
}

const DISPOSITION = /^content-disposition:[ \t]*form-data((?:;[^\r\n]*)?)[ \t]*$/im
/** Quoted or plain; browsers write a quote inside a name as %22, others as \". */
const NAME = /;[ \t]*name=(?:"((?:\\"|[^"])*)"|([^;\s"]*))/i
const FILENAME = /;[ \t]*filename=(?:"((?:\\"|[^"])*)"|([^;\s"]*))/i
const ENCODING = /^content-transfer-encoding:[ \t]*(?!binary|8bit|7bit)/im

function dispositionOf(headers: string): Pick<FormPart, 'name' | 'filename'> {
  const parameters = DISPOSITION.exec(headers)?.[1]
  if (parameters === undefined) throw broken('a part has no Content-Disposition of form-data')
  if (ENCODING.test(headers)) throw broken('a part is encoded; send plain bytes')
  const name = parameterOf(NAME.exec(parameters))
  if (name === undefined) throw broken('a part has no name')
  return { name, filename: parameterOf(FILENAME.exec(parameters)) }
}

function parameterOf(match: RegExpExecArray | null): string | undefined {
  const value = match?.[1]?.replaceAll('\\"', '"') ?? match?.[2]
  return value?.replaceAll('%22', '"')
}

function broken(reason: string) {
  return httpError(400, 'FORM_INVALID', `The multipart form cannot be read: ${reason}.`)
}
