import {
  anything,
  byKind,
  type Check,
  flag,
  keysOf,
  listOf,
  mapOf,
  nullOr,
  text,
} from './node-checks.ts'

/** What a `dvc.yaml` may hold, before templates are filled in: DVC 3's own schema. */
const annotations = { desc: text, type: text, labels: listOf(text), meta: anything }

const outKeys = {
  ...annotations,
  cache: flag,
  persist: flag,
  checkpoint: flag,
  remote: text,
  push: flag,
}

/** How a plot of a stage is drawn. */
const plotProperties = {
  template: text,
  x: text,
  y: text,
  x_label: text,
  y_label: text,
  title: text,
  header: flag,
}

const command = byKind({ scalar: text, list: listOf(text) })
const outs = listOf(byKind({ scalar: text, map: mapOf(keysOf(outKeys)) }))
const plotKeys = keysOf({ ...outKeys, ...plotProperties })
const plots = listOf(
  byKind({ scalar: text, map: mapOf(byKind({ map: plotKeys, list: listOf(plotKeys) })) }),
)
const vars = listOf(byKind({ scalar: text, map: mapOf(anything) }))

const stageKeys = {
  cmd: command,
  wdir: text,
  deps: listOf(text),
  params: listOf(byKind({ scalar: text, map: mapOf(nullOr(listOf(text))) })),
  vars,
  frozen: flag,
  meta: anything,
  desc: text,
  always_changed: flag,
  outs,
  metrics: outs,
  plots,
}

const plainStage = keysOf(
  { ...stageKeys, matrix: mapOf(byKind({ scalar: text, list: listOf(anything) })) },
  ['cmd'],
)
const repeatedStage = keysOf(
  {
    foreach: byKind({ scalar: text, list: listOf(anything), map: mapOf(anything) }),
    do: keysOf(stageKeys, ['cmd']),
  },
  ['foreach', 'do'],
)

const stage: Check = (node, where) => {
  const isRepeated = node.kind === 'map' && (node.entries.has('foreach') || node.entries.has('do'))
  return isRepeated ? repeatedStage(node, where) : plainStage(node, where)
}

const axis = byKind({
  scalar: text,
  list: listOf(text),
  map: mapOf(byKind({ scalar: text, list: listOf(text) })),
})
const topPlot = keysOf({
  x: axis,
  y: axis,
  x_label: text,
  y_label: text,
  title: text,
  template: text,
})

export const pipelineSchema = keysOf({
  stages: mapOf(stage),
  vars,
  params: listOf(text),
  metrics: listOf(text),
  plots: byKind({
    list: listOf(byKind({ scalar: text, map: mapOf(nullOr(topPlot)) })),
    map: mapOf(nullOr(topPlot)),
  }),
  artifacts: mapOf(keysOf({ path: text, ...annotations }, ['path'])),
  datasets: anything,
})

const hashKeys = {
  path: text,
  hash: text,
  md5: anything,
  size: anything,
  nfiles: anything,
  isexec: flag,
  etag: anything,
  checksum: anything,
  version_id: anything,
  remote: anything,
  cloud: anything,
  files: anything,
  dataset: anything,
}
const hashes = listOf(keysOf(hashKeys, ['path']))

const lockedStage = keysOf(
  { cmd: command, deps: hashes, params: mapOf(mapOf(anything)), outs: hashes },
  ['cmd'],
)

/** What a `dvc.lock` may hold. */
export const lockSchema = keysOf({ schema: text, datasets: anything, stages: mapOf(lockedStage) }, [
  'schema',
])

export const lockEntrySchema = lockedStage
