import { ApiError } from './request.ts'

/** A failed request in the place of its result. */
export function Problem({ error }: { readonly error: unknown }) {
  const detail = error instanceof Error ? error.message : String(error)
  const code = error instanceof ApiError ? error.code : undefined
  return (
    <div className="problem" role="alert">
      {code !== undefined && <code>{code}</code>} {detail}
    </div>
  )
}
