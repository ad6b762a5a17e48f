export { type Attempt, attemptOf, type DeliveryState } from './attempt.ts'
export { deliverQueues, farthestTime, holdMs, type Outbox } from './deliver-queues.ts'
export { JSON_HEADERS, webhookHeaders } from './json-headers.ts'
export { type OutgoingMail, type SendMail, sendMail } from './send-mail.ts'
export {
  type OutgoingRequest,
  type SendRequest,
  type SendResult,
  sendRequest,
} from './send-request.ts'
export { type TryOptions, tryRepeatedly } from './try-repeatedly.ts'
