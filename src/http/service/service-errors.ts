import type { CodeStatuses } from '../answer-errors.ts'

/** What failures are to a client of the service, where their kind does not say it. */
export const CODE_STATUSES: CodeStatuses = {
  IMAGE_UNREADABLE: 400,
  IMAGE_TOO_LARGE: 413,
}
