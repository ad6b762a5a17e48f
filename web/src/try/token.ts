const KEY = 'atelier-token'

/** For this tab only, and gone with it. */
export function readToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}

/** Throws where the browser forbids storage. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token)
}
