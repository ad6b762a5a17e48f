export { openSession, type Session, type SessionOptions, type TensorMap } from './session.ts'
