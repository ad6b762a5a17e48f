import { AtelierError } from '../../core/index.ts'
import type { Problem, Verification } from '../../registry/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatTable } from '../table.ts'

export const modelsVerifyCommand = defineCommand({
  arguments: {},
  options: {
    anchor: {
      type: 'string',
      description: 'An end of the history that was noted before: it must still be part of it.',
      placeholder: 'ENTRY:HASH',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier models verify', does: 'Every digest anew: history, versions, files.' },
    {
      command: 'atelier models verify --anchor 41:9f86d081884c',
      does: 'Also that nobody wrote a shorter history since.',
    },
  ],
  async run(context, { options }) {
    const anchor = options.anchor === undefined ? undefined : anchorOf(options.anchor)
    await withRegistry(context, async ({ registry }) => {
      const bar = context.progress.start({ label: 'Comparing files', unit: 'files' })
      const onFile = (done: number) => {
        context.signal.throwIfAborted()
        bar.update(done)
      }
      const result = await registry.verify({ anchor, onFile })
      bar.finish()
      printResult(context, result, () => textOf(result))
      if (result.problems.length === 0) return
      throw new AtelierError('REGISTRY_DAMAGED', problemText(result.problems), {
        hint: 'Find out who wrote to the database or the store; bring files back from a copy.',
        data: { problems: result.problems },
      })
    })
  },
})

function anchorOf(text: string) {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{12,64})$/.exec(text) ?? []
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash }
  throw new AtelierError('USAGE', `'${text}' is not an anchor.`, {
    hint: 'Write ENTRY:HASH as `models verify` prints it, at least 12 digits of the hash.',
  })
}

function textOf({ entries, versions, files, head, problems }: Verification): string {
  const counts = `${entries} entries, ${versions} versions and ${files} files`
  const anchor = `Note the end of the history, to compare with it later: ${head.sequence}:${head.hash}`
  if (problems.length === 0) return `${counts} are as they were written.\n${anchor}`
  const rows = problems.map(({ where, what }) => [where, what])
  return `${formatTable([{ title: 'where' }, { title: 'what' }], rows)}\n${counts} were compared.`
}

const problemText = (problems: readonly Problem[]) =>
  problems.length === 1
    ? `The registry is not what its history says: ${problems[0]!.where} ${problems[0]!.what}`.replace(
        /\.?$/,
        '.',
      )
    : `The registry is not what its history says, in ${problems.length} places.`
