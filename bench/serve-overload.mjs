import { trainedModel } from './atelier.mjs'
import { startAtelier } from './serve-atelier.mjs'
import { figuresOf, predictLoad, testImages } from './serve-load.mjs'
import { peakRss, sleep } from './server-process.mjs'
import { row } from './table.mjs'

const CLIENTS = 25
const FACTOR = 3
const SECONDS = 20
/** More than the service lets wait: the rest it must refuse. */
const CONNECTIONS = 384
/** After the overload: how long is looked, and what counts as normal again. */
const WATCH_MS = 10_000
const NORMAL_MS = 50
const NORMAL_ANSWERS = 5

/** Three times what it can answer: what is answered, what is refused and how soon, memory, and afterwards. */
export async function overload(work) {
  const { images } = await testImages(work)
  const server = await startAtelier(work, trainedModel(work))
  try {
    const closed = (seconds) =>
      predictLoad(server.url, images, { pace: { users: CLIENTS }, seconds }).then(figuresOf)
    await closed(2)
    const peak = (await closed(10)).rate
    const pace = { rate: Math.round(FACTOR * peak), connections: CONNECTIONS }
    const { result, most } = await peakRss(server, () =>
      predictLoad(server.url, images, { pace, seconds: SECONDS, timeout: 5 }),
    )
    const recovery = await recoveryMs(server.url, images[0])
    return overloadRows({ result, peak, most, recovery })
  } finally {
    await server.stop()
  }
}

function overloadRows({ result, peak, most, recovery }) {
  const { total, failures } = result
  const share = total.good_rate / peak
  // what found no connection free was more than even refusals can be sent for, and never sent
  const other = failures.filter(({ kind }) => !['status 503', 'no connection'].includes(kind))
  const refused = failures.find(({ kind }) => kind === 'status 503')
  const { p50, p99 } = refused?.latency ?? {}
  const unsent = failures.find(({ kind }) => kind === 'no connection')?.count ?? 0
  const kinds = other.map(({ kind, count }) => `; ${count} ${kind}`).join('')
  const percent = (part) => `${(100 * part).toFixed(0)} %`
  return [
    row(
      `answered of ${total.rate.toFixed(0)} req/s, against ${peak.toFixed(0)} req/s at its best`,
      percent(share),
      { target: '>= 90 %', reached: share >= 0.9 },
    ),
    row(
      'refused with 503 there',
      refused === undefined
        ? `none${kinds}`
        : `${percent(refused.count / (total.requests - unsent))} of what was sent, half within ${p50.toFixed(1)} ms, 99 % within ${p99.toFixed(1)} ms${kinds}`,
      {
        target: 'half < 20 ms, nothing else fails',
        reached: refused !== undefined && p50 < 20 && other.length === 0,
      },
    ),
    row('memory there, at most', `${most.toFixed(0)} MB`, {
      target: '<= 400 MB',
      reached: most <= 400,
    }),
    row('normal again afterwards', `${(recovery / 1000).toFixed(2)} s`, {
      target: '< 2 s',
      reached: recovery < 2000,
    }),
  ]
}

/** How long after the overload the first of several good answers in a row came. */
async function recoveryMs(url, image) {
  const ended = performance.now()
  let [good, since] = [0, 0]
  while (good < NORMAL_ANSWERS && performance.now() - ended < WATCH_MS) {
    const asked = performance.now()
    const form = new FormData()
    form.set('file', new Blob([image.bytes], { type: 'image/png' }), image.name)
    const response = await fetch(new URL('predict', url), { method: 'POST', body: form })
    await response.arrayBuffer()
    const now = performance.now()
    if (!response.ok || now - asked > NORMAL_MS) good = 0
    else if (good++ === 0) since = now - ended
    await sleep(20)
  }
  return good < NORMAL_ANSWERS ? WATCH_MS : since
}
