import { sortByCodePoint, type Value, type ValueMap } from '../yaml12/value.ts'

/** What a stage is made of, in the words of the command line. Paths are relative to `wdir`. */
export interface StageParts {
  readonly command: readonly string[]
  readonly wdir: string | undefined
  readonly deps: readonly string[]
  /** `key,key`, `file:key,key`, or `file:` for the whole file. */
  readonly params: readonly string[]
  readonly outs: readonly string[]
  readonly outsNoCache: readonly string[]
  readonly outsPersist: readonly string[]
  readonly outsPersistNoCache: readonly string[]
  readonly metrics: readonly string[]
  readonly metricsNoCache: readonly string[]
  readonly plots: readonly string[]
  readonly plotsNoCache: readonly string[]
  readonly alwaysChanged: boolean
  readonly desc: string | undefined
}

const PARAMETERS = 'params.yaml'

/** The stage as `dvc stage add` writes it: keys and lists in its order. */
export function stageDefinition(parts: StageParts): ValueMap {
  const { wdir, desc, alwaysChanged } = parts
  const entries: readonly (readonly [string, Value | undefined])[] = [
    ['desc', desc || undefined],
    ['cmd', commandText(parts.command)],
    ['wdir', wdir],
    ['deps', sortByCodePoint(parts.deps)],
    ['params', parameterList(parts.params)],
    [
      'outs',
      outputList([
        ...flagged(parts.outs, {}),
        ...flagged(parts.outsNoCache, { cache: false }),
        ...flagged(parts.outsPersist, { persist: true }),
        ...flagged(parts.outsPersistNoCache, { cache: false, persist: true }),
      ]),
    ],
    [
      'metrics',
      outputList([
        ...flagged(parts.metrics, {}),
        ...flagged(parts.metricsNoCache, { cache: false }),
      ]),
    ],
    [
      'plots',
      outputList([...flagged(parts.plots, {}), ...flagged(parts.plotsNoCache, { cache: false })]),
    ],
    ['always_changed', alwaysChanged || undefined],
  ]
  const isGiven = (value: Value | undefined) =>
    value !== undefined && !(Array.isArray(value) && value.length === 0)
  return new Map(entries.filter(([, value]) => isGiven(value)) as [string, Value][])
}

/** One word is a line of a shell; several are quoted where that keeps them apart. */
function commandText(words: readonly string[]): string {
  if (words.length < 2) return words.join(' ')
  const quoted = (word: string) => {
    if (word === '') return '""'
    return word.includes(' ') && !word.includes('"') ? `"${word}"` : word
  }
  return words.map(quoted).join(' ')
}

type Flags = Readonly<Record<string, boolean>>

const flagged = (paths: readonly string[], flags: Flags) => paths.map((path) => ({ path, flags }))

function outputList(outputs: readonly { readonly path: string; readonly flags: Flags }[]): Value {
  const byPath = new Map(outputs.map((output) => [output.path, output.flags]))
  return sortByCodePoint([...byPath.keys()]).map((path) => {
    const flags = Object.entries(byPath.get(path)!)
    return flags.length === 0 ? path : new Map([[path, new Map(flags)]])
  })
}

function parameterList(given: readonly string[]): Value {
  const byFile = new Map<string, string[]>()
  for (const text of given) {
    const colon = text.lastIndexOf(':')
    const file = text.slice(0, Math.max(0, colon)) || PARAMETERS
    const keys = text
      .slice(colon + 1)
      .split(',')
      .filter(Boolean)
    byFile.set(file, [...(byFile.get(file) ?? []), ...keys])
  }
  const own = byFile.get(PARAMETERS) ?? []
  const others = sortByCodePoint(
    [...byFile.keys()].filter((file) => file !== PARAMETERS || own.length === 0),
  )
  const keysOf = (file: string) => sortByCodePoint(byFile.get(file)!)
  return [
    ...sortByCodePoint(own),
    ...others.map((file) => new Map([[file, keysOf(file).length === 0 ? null : keysOf(file)]])),
  ]
}
