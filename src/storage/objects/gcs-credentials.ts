import { networkFault } from './network-fault.ts'
import type { GsOptions } from './object-store-options.ts'
import { storageError, TransientFault } from './storage-errors.ts'

/** What to send as a bearer token; undefined to send none. Throws STORAGE_CREDENTIALS and TransientFault. */
export type TokenSource = () => Promise<string | undefined>

const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write'
const HOST = 'oauth2.googleapis.com'

export async function openTokens({
  anonymous,
  endpoint,
  credentialsPath,
}: GsOptions): Promise<TokenSource> {
  // an emulator gets no real credentials unless they were named for it
  if (anonymous || (endpoint !== undefined && credentialsPath === undefined))
    return async () => undefined
  const { GoogleAuth } = await import('google-auth-library')
  const auth = new GoogleAuth({
    scopes: [SCOPE],
    ...(credentialsPath !== undefined && { keyFilename: credentialsPath }),
  })
  return async () => {
    try {
      return (await auth.getAccessToken()) ?? undefined
    } catch (error) {
      throw credentialsFault(error, credentialsPath)
    }
  }
}

/** The library's errors carry the request, and with it secrets: only their text goes on. */
function credentialsFault(error: unknown, path: string | undefined): Error {
  const { message = String(error), status = 0 } = error as { message?: string; status?: number }
  const cause = new Error(message)
  if (status >= 500 || status === 429)
    return new TransientFault(`${HOST} answered ${status}`, { cause })
  const network = networkFault(error, HOST)
  if (network !== undefined) return new TransientFault(network.message, { attempts: 4, cause })
  const where = path === undefined ? '' : ` with ${path}`
  return storageError('STORAGE_CREDENTIALS', `No access to Google Cloud${where}: ${message}`, {
    hint: 'Set GOOGLE_APPLICATION_CREDENTIALS to a credential file, or run `gcloud auth application-default login`.',
    cause,
  })
}
