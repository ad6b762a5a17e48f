import { z } from 'zod'
import { httpError } from './http-error.ts'

/** The request's query as the schema has it. Answers 400 and names the first wrong part. */
export function readQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw httpError(400, 'BAD_REQUEST', `Query '${path.join('.')}': ${message}.`)
}

const MOST_NAMES = 200

/** `a,b,c`, each once; empty where absent. */
export const namesSchema = z
  .string()
  .default('')
  .transform((text) => [...new Set(text.split(',').filter((name) => name !== ''))])
  .refine((names) => names.length <= MOST_NAMES, `at most ${MOST_NAMES} names`)

/** A whole number in `[least, most]`, written out. */
export function integerSchema(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'a whole number is wanted')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
}
