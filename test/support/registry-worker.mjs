/**
 * A process that works on a registry: `node registry-worker.mjs '{"place": …, "folder": …, "task": "race", "rounds": 10}'`.
 * Prints what came of each round as JSON.
 */
import { folderArtifactStore, openRegistry } from '../../dist/registry/index.js'

const { place, folder, task, name, rounds, expected, lineage } = JSON.parse(process.argv[2])
const registry = await openRegistry(place, { store: folderArtifactStore(folder) })

const tasks = {
  register: (round) =>
    registry.register({
      name: 'classifier',
      bytes: new TextEncoder().encode(`${name} ${round}`),
      lineage,
      actor: name,
    }),
  race: (round) =>
    registry.setAlias({
      name: 'classifier',
      alias: 'production',
      version: round + 1,
      expected,
      actor: name,
    }),
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
