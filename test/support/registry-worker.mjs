/**
 * A process that works on a registry: `node registry-worker.mjs '{"place": …, "folder": …, "task": "race", "rounds": 10}'`.
 * Prints what came of each round as JSON; `killAt` names a step in which it kills itself instead.
 */
import { randomUUID } from 'node:crypto'
import { folderArtifactStore, openRegistry } from '../../dist/registry/index.js'

const { place, folder, task, name, rounds, expected, lineage, killAt } = JSON.parse(process.argv[2])

/** At a step of this name the process is gone, without a word. */
let armed = false
const reach = (step) => {
  if (armed && step === killAt) process.kill(process.pid, 'SIGKILL')
}

const files = folderArtifactStore(folder)
const registry = await openRegistry(place, {
  store: {
    ...files,
    async put(key, bytes) {
      reach('before the file')
      await files.put(key, bytes)
      reach('after the file')
    },
  },
  clock: {
    now() {
      reach('in the transaction')
      return Date.now()
    },
    monotonic: () => performance.now(),
  },
  newId() {
    reach('before the events')
    return randomUUID()
  },
  webhooks: [
    {
      url: 'http://127.0.0.1:1/',
      events: ['model.registered', 'model.staged', 'model.rolled_back'],
      secret_env: 'SECRET',
    },
  ],
})

const register = (text) =>
  registry.register({
    name: 'classifier',
    bytes: new TextEncoder().encode(text),
    lineage,
    actor: name,
  })
const alias = { name: 'classifier', alias: 'staging', actor: name }

const tasks = {
  register: (round) => register(`${name} ${round}`),
  race: (round) =>
    registry.setAlias({ ...alias, alias: 'production', version: round + 1, expected }),
  move: async () => {
    armed = true
    await registry.setAlias({ ...alias, version: 2 })
    reach('after the transaction')
  },
  die: async () => {
    armed = true
    await register(`${name} dies`)
    reach('after the transaction')
  },
  /** Until somebody kills it. */
  busy: async (round) => {
    for (let n = 1; ; n++) {
      const { version } = await register(`${name} ${round} ${n}`)
      await registry.setAlias({ ...alias, version: version.version })
      if (n % 3 === 0) await registry.rollback(alias)
      if (n === 1) process.stdout.write('[]\n')
    }
  },
}

const results = await Promise.all(
  Array.from({ length: rounds }, (_, round) =>
    tasks[task](round).then(
      () => 'won',
      (error) => error.code ?? String(error),
    ),
  ),
)
process.stdout.write(JSON.stringify(results))
await registry.close()
