import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ComposedConfig, composeConfig } from '../../config/index.ts'
import type { ProjectConfig } from '../../contracts/index.ts'
import type { CommandContext } from '../context.ts'
import { libraryVersions } from '../library-versions.ts'
import { composeOptions } from '../load-config.ts'
import { USUAL_MONITOR_PORT } from '../monitor/usual-port.ts'
import { portOf } from '../port-of.ts'
import { judgeSecrets, judgeToken, judgeVariables } from './environment-checks.ts'
import { type DoctorCheck, type DoctorFinding, failure, ok, skipped, warning } from './finding.ts'
import {
  judgeClock,
  judgeDisk,
  judgeGit,
  judgeLibrary,
  judgeMemory,
  judgeNode,
  judgePlatform,
  judgePort,
  judgeProcessor,
} from './machine-checks.ts'
import {
  freeBytes,
  gitFacts,
  memoryFacts,
  platformFacts,
  portFacts,
  probeFolder,
  processorFacts,
  tryDatabase,
  tryPictures,
  tryRuntime,
} from './machine-facts.ts'
import {
  lookAtData,
  lookAtFolders,
  lookAtLog,
  lookAtModel,
  lookAtProduction,
  lookAtRegistry,
  lookAtRuns,
  lookAtTrackers,
  lookAtVersions,
} from './project-checks.ts'

const REINSTALL = 'Install again: delete node_modules, then `npm install`.'

/** All that is looked at, in the order in which it is shown: what others need comes first. */
export async function doctorChecks(context: CommandContext): Promise<readonly DoctorCheck[]> {
  const composed = await composeConfig([], composeOptions(context)).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const config = 'value' in composed ? composed.value.config : undefined
  return [
    ...machineChecks(context, config),
    ...libraryChecks(context),
    {
      ...{ group: 'project', name: 'settings' },
      look: () =>
        'value' in composed
          ? judgeSettings(composed.value)
          : failure(composed.error, 'Mend the file that the message names.'),
    },
    ...projectChecks(context, config),
    ...serviceChecks(context, config),
  ]
}

function machineChecks(
  { cwd, clock, packageRoot }: CommandContext,
  config: ProjectConfig | undefined,
): DoctorCheck[] {
  const checks: Readonly<Record<string, DoctorCheck['look']>> = {
    node: async () => judgeNode(process.versions.node, await wantedNode(packageRoot)),
    platform: () => judgePlatform(platformFacts()),
    processor: async () =>
      judgeProcessor({ ...(await processorFacts()), threads: config?.trainer.threads }),
    memory: () => {
      const { total, limit } = memoryFacts()
      return judgeMemory(total, limit)
    },
    disk: async () => judgeDisk(await freeBytes(cwd)),
    clock: async () => judgeClock(clock.now(), await probeFolder(cwd)),
    git: async () => {
      const { version, isRepository } = await gitFacts(cwd)
      return judgeGit(version, isRepository)
    },
  }
  return named('machine', checks)
}

function libraryChecks({ cwd, packageRoot }: CommandContext): DoctorCheck[] {
  const versionOf = async (name: string) => (await libraryVersions(packageRoot))[name]
  return named('libraries', {
    onnxruntime: () =>
      judgeLibrary(async () => {
        await tryRuntime()
        return `${await versionOf('onnxruntime-node')} runs a graph`
      }, REINSTALL),
    sharp: () =>
      judgeLibrary(async () => {
        await tryPictures()
        return `${await versionOf('sharp')} writes and reads a picture`
      }, REINSTALL),
    sqlite: () =>
      judgeLibrary(async () => {
        await tryDatabase(cwd)
        return 'opens a database'
      }, REINSTALL),
  })
}

function projectChecks(context: CommandContext, config: ProjectConfig | undefined): DoctorCheck[] {
  const { cwd, env } = context
  const database = env['DATABASE_URL'] ? 'DATABASE_URL' : 'database'
  return [
    ...needing(config, 'project', {
      folders: (known) => lookAtFolders(cwd, known),
      data: (known) => lookAtData(cwd, known),
    }),
    ...named('project', {
      versions: () => lookAtVersions(context),
      variables: () => judgeVariables(env),
      secrets: () => judgeSecrets(cwd),
    }),
    ...needing(config, 'runs and models', {
      [database]: (known) => lookAtRuns(context, known),
      trackers: (known) => lookAtTrackers(cwd, known),
      registry: (known) => lookAtRegistry(context, known),
      production: (known) => lookAtProduction(context, known),
      model: (known) => lookAtModel(context, known),
      predictions: (known) => lookAtLog(context, known),
    }),
  ]
}

function serviceChecks({ env }: CommandContext, config: ProjectConfig | undefined): DoctorCheck[] {
  const port = async (command: string, usual: number) => {
    const wanted = portOf(env['PORT']) ?? usual
    return judgePort({ port: wanted, command, ...(await portFacts(wanted)) })
  }
  return [
    ...named('service', { token: () => judgeToken(env['ATELIER_TOKEN']) }),
    ...needing(config, 'service', {
      'serve port': (known) => port('atelier serve', known.serving.port),
      'monitor port': () => port('atelier monitor serve', USUAL_MONITOR_PORT),
    }),
  ]
}

function named(
  group: string,
  checks: Readonly<Record<string, DoctorCheck['look']>>,
): DoctorCheck[] {
  return Object.entries(checks).map(([name, look]) => ({ group, name, look }))
}

/** Checks that are left out where the settings do not compose. */
function needing(
  config: ProjectConfig | undefined,
  group: string,
  checks: Readonly<Record<string, (config: ProjectConfig) => Promise<DoctorFinding>>>,
): DoctorCheck[] {
  return Object.entries(checks).map(([name, look]) => ({
    ...{ group, name },
    look: () => (config === undefined ? skipped('wants settings that compose') : look(config)),
  }))
}

function judgeSettings({ warnings, config }: ComposedConfig): DoctorFinding {
  const [first] = warnings
  if (first !== undefined) return warning(first, 'Change the file that is named.')
  return ok(`compose: data ${config.data.name}, model ${config.model.type}, seed ${config.seed}`)
}

async function wantedNode(packageRoot: string): Promise<string> {
  const text = await readFile(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly engines: { readonly node: string } }).engines.node
}
