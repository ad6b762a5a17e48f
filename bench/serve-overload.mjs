import { trainedModel } from './atelier.mjs'
import { startAtelier } from './serve-atelier.mjs'
import { figuresOf, predictLoad, testImages } from './serve-load.mjs'
import { peakRss, sleep } from './server-process.mjs'
import { row } from './table.mjs'

const CLIENTS = 25
const FACTOR = 3
const SECONDS = 20
const CONNECTIONS = 1000
/** After the overload: how long is looked, and what counts as normal again. */
const WATCH_MS = 4000
const NORMAL_MS = 50

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
      predictLoad(server.url, images, { pace, seconds: SECONDS }),
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
  const other = failures.filter(({ kind }) => kind !== 'status 503')
  const refused = total.failure_latency
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
      refused.p50 === null
        ? `none${kinds}`
        : `${percent(total.failures / total.requests)}, half within ${refused.p50.toFixed(1)} ms, 99 % within ${refused.p99.toFixed(1)} ms${kinds}`,
      {
        target: 'half < 20 ms, nothing else fails',
        reached: refused.p50 !== null && refused.p50 < 20 && other.length === 0,
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

/** How long after the overload the last slow or refused answer came. */
async function recoveryMs(url, image) {
  const ended = performance.now()
  let last = 0
  while (performance.now() - ended < WATCH_MS) {
    const asked = performance.now()
    const form = new FormData()
    form.set('file', new Blob([image.bytes], { type: 'image/png' }), image.name)
    const response = await fetch(new URL('predict', url), { method: 'POST', body: form })
    await response.arrayBuffer()
    const now = performance.now()
    if (!response.ok || now - asked > NORMAL_MS) last = now - ended
    await sleep(20)
  }
  return last
}
