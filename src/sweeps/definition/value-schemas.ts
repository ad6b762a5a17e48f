import { z } from 'zod'

// their messages go on from "must be"
export const text = z.string('a text')
export const count = z.int('a whole number').positive('a whole number above 0')
export const number = z.number('a number')
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `one of ${values.join(', ')}`)
