import type { LoadRoute } from './load-plan.ts'
import { imageType, multipartForm, requestBytes, type UploadImage } from './request-bytes.ts'

export const serviceRouteNames = [
  'root',
  'health',
  'classes',
  'predict',
  'batch',
  'metrics',
] as const
export type ServiceRouteName = (typeof serviceRouteNames)[number]

/** What is asked how often: the weights of the routes. */
export type LoadMix = Readonly<Partial<Record<ServiceRouteName, number>>>

interface RouteInput {
  readonly url: URL
  readonly token?: string | undefined
  readonly images: readonly UploadImage[]
  /** `raw`: the image file itself is the body of POST /predict. */
  readonly body: 'multipart' | 'raw'
}

const BATCH = 8

/** The routes of the inference service as requests. */
export function serviceRoutes(mix: LoadMix, input: RouteInput): LoadRoute[] {
  return serviceRouteNames
    .filter((name) => (mix[name] ?? 0) > 0)
    .map((name) => ({ ...makers[name](input), weight: mix[name]! }))
}

type Made = Omit<LoadRoute, 'weight'>

const makers: Readonly<Record<ServiceRouteName, (input: RouteInput) => Made>> = {
  root: (input) => get('/', input),
  health: (input) => get('/health', input),
  classes: (input) => get('/classes', input),
  metrics: (input) => get('/metrics', input),
  predict: ({ url, token, images, body }) => ({
    name: 'POST /predict',
    requests: images.map((image) => {
      const content =
        body === 'raw'
          ? { type: imageType(image.bytes), body: image.bytes }
          : multipartForm('file', [image])
      return requestBytes(url, { method: 'POST', path: '/predict', token, ...content })
    }),
  }),
  batch: ({ url, token, images }) => ({
    name: 'POST /predict/batch',
    requests: groups(images, BATCH).map((group) =>
      requestBytes(url, {
        method: 'POST',
        path: '/predict/batch',
        token,
        ...multipartForm('files', group),
      }),
    ),
  }),
}

const get = (path: string, { url, token }: RouteInput): Made => ({
  name: `GET ${path}`,
  requests: [requestBytes(url, { method: 'GET', path, token })],
})

function groups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  )
}
