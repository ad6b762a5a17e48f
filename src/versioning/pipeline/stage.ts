import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { isList, isMap, type Value, type ValueMap } from '../yaml12/value.ts'

/** What a command writes. */
export interface StageOutput {
  /** As written: relative to the working folder of the stage. */
  readonly path: string
  readonly absolutePath: string
  readonly kind: 'out' | 'metric' | 'plot'
  /** False: it is hashed, and kept by git instead of the cache. */
  readonly cache: boolean
  /** It stays when the command is run again. */
  readonly persist: boolean
  /** False: it goes to no remote. */
  readonly push: boolean
  /** The name of the only remote that it goes to. */
  readonly remote: string | undefined
}

/** Values of a file that a command depends on. */
export interface StageParameters {
  /** As written. */
  readonly path: string
  readonly absolutePath: string
  /** Dotted keys; empty: the whole file. */
  readonly keys: readonly string[]
}

export interface StageInput {
  readonly path: string
  readonly absolutePath: string
}

/** One stage with everything filled in. */
export interface Stage {
  /** `train`, or `train@cnn` of many. */
  readonly name: string
  /** Absolute path of its `dvc.yaml`. */
  readonly file: string
  readonly line: number
  /** Absolute: where its command runs. */
  readonly folder: string
  readonly command: string | readonly string[]
  readonly inputs: readonly StageInput[]
  readonly parameters: readonly StageParameters[]
  readonly outputs: readonly StageOutput[]
  readonly frozen: boolean
  readonly alwaysChanged: boolean
  readonly description: string | undefined
}

export const PIPELINE_FILE = 'dvc.yaml'
const PARAMETER_FILE = 'params.yaml'

/** How a stage is named on the command line from a folder: `train`, or `sub/dvc.yaml:train`. */
export function addressOf({ name, file }: Pick<Stage, 'name' | 'file'>, cwd: string): string {
  const path = relative(cwd, file).replaceAll('\\', '/')
  return path === PIPELINE_FILE ? name : `${path}:${name}`
}

/** Without inputs and outputs there is nothing to tell whether a command must run: it always does. */
export function isAlwaysRun(stage: Stage): boolean {
  const { inputs, parameters, outputs } = stage
  return stage.alwaysChanged || inputs.length + parameters.length + outputs.length === 0
}

export interface StageSource {
  /** The repository's root, absolute. */
  readonly root: string
  readonly name: string
  readonly file: string
  /** The file as shown in messages. */
  readonly shown: string
  readonly line: number
}

/** A stage from its filled-in definition. Throws PIPELINE_INVALID. */
export function buildStage(source: StageSource, definition: ValueMap): Stage {
  const folder = resolve(
    dirname(source.file),
    textOf(source, definition.get('wdir') ?? '.', 'wdir'),
  )
  const place = (path: string) => ({
    path: writtenPath(path, folder, source.root),
    absolutePath: resolve(folder, path),
  })
  const texts = (key: string) => listAt(definition, key).map((item) => textOf(source, item, key))
  const { name, file, line } = source
  const stage: Stage = {
    name,
    file,
    line,
    folder,
    command: commandOf(source, definition.get('cmd')!),
    inputs: texts('deps').map((path) => place(local(source, path))),
    parameters: mergeParameters(source, listAt(definition, 'params')).map(([path, keys]) => ({
      ...place(path),
      keys,
    })),
    outputs: outputKinds.flatMap(([key, kind]) =>
      outputEntries(source, listAt(definition, key), key).map(([path, flags]) => ({
        ...place(local(source, path)),
        kind,
        cache: flags.get('cache') !== false,
        persist: flags.get('persist') === true,
        push: flags.get('push') !== false,
        remote: optionalText(flags.get('remote')),
      })),
    ),
    frozen: definition.get('frozen') === true,
    alwaysChanged: definition.get('always_changed') === true,
    description: optionalText(definition.get('desc')),
  }
  requireFittingPaths(source, stage)
  return stage
}

const outputKinds = [
  ['outs', 'out'],
  ['metrics', 'metric'],
  ['plots', 'plot'],
] as const

function listAt(definition: ValueMap, key: string): readonly Value[] {
  const value = definition.get(key)
  return isList(value) ? value : []
}

const optionalText = (value: Value | undefined) => (typeof value === 'string' ? value : undefined)

/** DVC keeps what is written, but for absolute paths within the repository. */
function writtenPath(path: string, folder: string, root: string): string {
  if (!isAbsolute(path) || !isWithin(path, root)) return path
  return relative(folder, path).replaceAll(sep, '/')
}

function isWithin(path: string, root: string): boolean {
  return path.startsWith(`${root}${sep}`)
}

function commandOf(source: StageSource, value: Value): Stage['command'] {
  const command = isList(value)
    ? value.map((line) => textOf(source, line, 'cmd'))
    : textOf(source, value, 'cmd')
  if (command.length === 0) throw invalid(source, `'cmd' is empty`)
  return command
}

/** A number is a text here: templates give numbers for names, too. */
function textOf(source: StageSource, value: Value, key: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw invalid(source, `'${key}' holds something that is no text`)
}

function local(source: StageSource, path: string): string {
  const scheme = /^([\w+.-]+):\/\//.exec(path)?.[1]
  if (scheme === undefined) return path
  throw invalid(
    source,
    `'${path}' is outside of the project, and '${scheme}://' is not supported in a pipeline`,
    'Let a command of its own fetch or send it.',
  )
}

/** By file, in the order of first mention. A file that is named without keys counts whole. */
function mergeParameters(
  source: StageSource,
  list: readonly Value[],
): (readonly [string, readonly string[]])[] {
  const files = new Map<string, string[]>()
  const whole = new Set<string>()
  const add = (path: string, keys: readonly string[]) =>
    files.set(path, [...(files.get(path) ?? []), ...keys])
  for (const item of list) {
    if (!isMap(item)) {
      add(PARAMETER_FILE, [textOf(source, item, 'params')])
      continue
    }
    for (const [path, keys] of item) {
      const names = isList(keys) ? keys.map((key) => textOf(source, key, 'params')) : []
      if (names.length === 0) whole.add(path)
      add(path, names)
    }
  }
  return [...files].map(([path, keys]) => [path, whole.has(path) ? [] : keys] as const)
}

/** Output paths with their flags. One that is named twice has the flags of both. */
function outputEntries(
  source: StageSource,
  list: readonly Value[],
  key: string,
): [string, ValueMap][] {
  const entries = new Map<string, ValueMap>()
  for (const item of list) {
    const pairs: (readonly [string, Value])[] = isMap(item)
      ? [...item]
      : [[textOf(source, item, key), new Map()]]
    for (const [path, flags] of pairs) {
      const own = isMap(flags) ? flags : isList(flags) && isMap(flags[0]) ? flags[0] : new Map()
      entries.set(path, new Map([...(entries.get(path) ?? []), ...own]))
    }
  }
  return [...entries]
}

function requireFittingPaths(source: StageSource, stage: Stage): void {
  const paths = [...stage.inputs, ...stage.outputs].map(({ absolutePath }) => absolutePath)
  const twice = paths.find((path, i) => paths.indexOf(path) !== i)
  const outside = stage.outputs.find(({ absolutePath }) => !isWithin(absolutePath, source.root))
  if (outside !== undefined) {
    throw invalid(source, `the output '${outside.path}' is not within the repository`)
  }
  if (twice !== undefined)
    throw invalid(source, `'${basename(twice)}' is named twice among 'deps' and 'outs'`)
}

function invalid({ file, shown, line, name }: StageSource, problem: string, hint?: string) {
  return new AtelierError(
    'PIPELINE_INVALID',
    `${shown}:${line}: ${problem}, in the stage '${name}'.`,
    {
      ...(hint && { hint }),
      data: { file, line, stage: name },
    },
  )
}
