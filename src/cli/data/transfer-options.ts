import type { ArgumentSpecs, OptionSpecs } from '../command.ts'

/** What `data push`, `fetch` and `pull` have in common. */
export const transferArguments = {
  targets: { description: 'Tracked data or .dvc files; all when left out.', variadic: true },
} as const satisfies ArgumentSpecs

export const transferOptions = {
  remote: {
    type: 'string',
    short: 'r',
    placeholder: 'NAME',
    description: 'A remote in place of the default one.',
  },
} as const satisfies OptionSpecs
