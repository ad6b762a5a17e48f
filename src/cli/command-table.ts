import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. Names and summaries stand here so that help is quick. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'data prepare',
    summary: 'Read, split and store the images of a data set.',
    load: async () => (await import('./commands/data-prepare.ts')).dataPrepareCommand,
  },
  {
    name: 'data stats',
    summary: 'Count, average and draw the prepared data.',
    load: async () => (await import('./commands/data-stats.ts')).dataStatsCommand,
  },
  {
    name: 'data check',
    summary: 'Look for damage, blank images, copies and leaks between the splits.',
    load: async () => (await import('./commands/data-check.ts')).dataCheckCommand,
  },
  {
    name: 'train',
    summary: 'Train a model and export it.',
    load: async () => (await import('./commands/train.ts')).trainCommand,
  },
  {
    name: 'resume',
    summary: 'Continue a run that was stopped, exactly.',
    load: async () => (await import('./commands/resume.ts')).resumeCommand,
  },
  {
    name: 'evaluate',
    summary: 'Judge a model on the test split and write a report.',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  },
  {
    name: 'predict',
    summary: 'Name the class of images.',
    load: async () => (await import('./commands/predict.ts')).predictCommand,
  },
  {
    name: 'runs ls',
    summary: 'List the runs, newest first.',
    load: async () => (await import('./commands/runs-ls.ts')).runsLsCommand,
  },
  {
    name: 'runs show',
    summary: 'Show one run: settings, epochs, model.',
    load: async () => (await import('./commands/runs-show.ts')).runsShowCommand,
  },
  {
    name: 'runs reproduce',
    summary: 'Train a run again and compare the weights.',
    load: async () => (await import('./commands/runs-reproduce.ts')).runsReproduceCommand,
  },
  {
    name: 'config',
    summary: 'Show the resolved configuration, where each value comes from, or all keys.',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
]
