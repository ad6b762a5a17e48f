import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. Names and summaries stand here so that help is quick. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'data prepare',
    summary: 'Read, split and store the images of a data set.',
    load: async () => (await import('./commands/data-prepare.ts')).dataPrepareCommand,
  },
  {
    name: 'config',
    summary: 'Show the resolved configuration, where each value comes from, or all keys.',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
]
