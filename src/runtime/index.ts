export { detectBlockSize } from './block-size.ts'
export { openSession, type Session, type SessionOptions, type TensorMap } from './session.ts'
