import { AtelierError } from '../../core/index.ts'
import {
  addRemote,
  type ConfigLevel,
  type DataRepository,
  listRemotes,
  modifyRemote,
  removeRemote,
  renameRemote,
  setDefaultRemote,
} from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { levelOf, levelOptions } from '../data/level-options.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataRemoteCommand = defineCommand({
  arguments: {
    action: { description: 'list, add, modify, default, rename or remove; list when left out.' },
    words: { description: 'NAME, then URL, KEY VALUE or the new name.', variadic: true },
  },
  options: {
    default: { type: 'boolean', short: 'd', description: 'add: makes it the default remote.' },
    force: { type: 'boolean', short: 'f', description: 'add: replaces a remote of that name.' },
    unset: { type: 'boolean', short: 'u', description: 'modify: removes the key.' },
    ...levelOptions,
  },
  overrides: false,
  examples: [
    { command: 'atelier data remote add -d store gs://bucket/data', does: 'The default remote.' },
    { command: 'atelier data remote modify store jobs 8', does: 'Eight objects at once.' },
    { command: 'atelier data remote', does: 'Lists the remotes.' },
  ],
  async run(context, { arguments: { action = 'list', words }, options }) {
    await withDataRepository(context, async (repository) => {
      if (action === 'list') return printRemotes(repository)
      const change = changes[action]
      if (change === undefined) {
        throw new AtelierError('USAGE', `'${action}' is nothing that can be done with remotes.`, {
          hint: `There are: list, ${Object.keys(changes).join(', ')}.`,
        })
      }
      const { default: isDefault, force, unset } = options
      const flags = { isDefault, force, unset, cwd: context.cwd, level: levelOf(options) }
      await change(repository, words, flags)
      printResult(context, { action, words }, () => `Remote: ${action} ${words.join(' ')}`)
    })

    function printRemotes(repository: DataRepository): void {
      const remotes = listRemotes(repository)
      printResult(context, { remotes }, () => {
        if (remotes.length === 0)
          return 'No remotes yet: atelier data remote add --default NAME URL.'
        return remotes
          .map(({ name, url, isDefault }) => `${isDefault ? '*' : ' '} ${name}\t${url}`)
          .join('\n')
      })
    }
  },
})

interface Flags {
  readonly isDefault: boolean
  readonly force: boolean
  readonly unset: boolean
  readonly cwd: string
  readonly level: ConfigLevel
}

type Change = (repository: DataRepository, words: readonly string[], flags: Flags) => Promise<void>

const changes: Readonly<Record<string, Change>> = {
  add: async (repository, words, flags) => {
    const [name, url] = takeWords(words, 'NAME URL')
    await addRemote(repository, name!, url!, flags.cwd, flags)
  },
  modify: async (repository, words, { unset, cwd, level }) => {
    const [name, key, value] = takeWords(words, unset ? 'NAME KEY' : 'NAME KEY VALUE')
    await modifyRemote(repository, name!, key!, value, cwd, level)
  },
  default: async (repository, words, { level }) => {
    const [name] = takeWords(words, 'NAME')
    await setDefaultRemote(repository, name!, level)
  },
  rename: async (repository, words, { level }) => {
    const [name, to] = takeWords(words, 'NAME NEW')
    await renameRemote(repository, name!, to!, level)
  },
  remove: async (repository, words, { level }) => {
    const [name] = takeWords(words, 'NAME')
    await removeRemote(repository, name!, level)
  },
}

function takeWords(words: readonly string[], wanted: string): readonly string[] {
  if (words.length === wanted.split(' ').length) return words
  throw new AtelierError('USAGE', `Got '${words.join(' ')}', wanted ${wanted}.`, {
    hint: 'See `atelier data remote --help`.',
  })
}
