import {
  type ConfigNode,
  listNode,
  type MapNode,
  mapNode,
  nodeAt,
  type Origin,
  scalarNode,
} from './node.ts'
import type { Override } from './override.ts'
import { elementText } from './override-text.ts'
import { isElement } from './override-value.ts'

/**
 * What there is of Hydra's own settings, under `hydra` beside the configuration and no part of it.
 * Files and overrides may set `mode`, `sweeper.params` and `job.name`; the rest says what was composed,
 * for `${hydra:…}`.
 */
const ORIGIN: Origin = { kind: 'builtin', name: 'hydra' }

const text = (value: string) => scalarNode({ type: 'string', value }, ORIGIN)
const nothing = () => scalarNode({ type: 'null', value: null }, ORIGIN)
const map = (entries: Readonly<Record<string, ConfigNode>>) =>
  mapNode(Object.entries(entries), ORIGIN)

/** The settings before any file is merged. */
export function hydraDefaults(): MapNode {
  return map({
    hydra: map({
      mode: nothing(),
      sweeper: map({ params: nothing() }),
      job: map({ name: text('atelier') }),
    }),
  })
}

export interface HydraFacts {
  readonly overrides: readonly Override[]
  readonly configName: string
  readonly cwd: string
  /** Counted from 0 in a multirun; undefined outside one. */
  readonly job: number | undefined
  readonly choices: ReadonlyMap<string, string | null>
}

/** What is known when all is merged. */
export function hydraFacts({ overrides, configName, cwd, job, choices }: HydraFacts): MapNode {
  const task = listNode(
    overrides.map((override) => text(override.text)),
    ORIGIN,
  )
  const chosen = [...choices].map(
    ([key, option]) => [key, option === null ? nothing() : text(option)] as const,
  )
  return map({
    hydra: map({
      job: map({
        override_dirname: text(overrides.map(shortText).sort().join(',')),
        config_name: text(configName),
        ...(job === undefined ? {} : { num: scalarNode({ type: 'int', value: job }, ORIGIN) }),
      }),
      overrides: map({ task }),
      runtime: map({ cwd: text(cwd), choices: mapNode(chosen, ORIGIN) }),
    }),
  })
}

function shortText({ key, value, text: whole }: Override): string {
  return value !== undefined && isElement(value) ? `${key}=${elementText(value)}` : whole
}

/** The sweeps that the configuration itself asks for, as overrides. */
export function sweepParameters(root: ConfigNode): readonly string[] {
  const params = nodeAt(root, ['hydra', 'sweeper', 'params'])
  if (params?.kind !== 'map') return []
  return [...params.entries].flatMap(([key, value]) =>
    value.kind === 'scalar' ? [`${key}=${value.value}`] : [],
  )
}

/** Whether the configuration asks for a multirun: `hydra.mode: MULTIRUN`. */
export function asksForMultirun(root: ConfigNode): boolean {
  const mode = nodeAt(root, ['hydra', 'mode'])
  return mode?.kind === 'scalar' && mode.value === 'MULTIRUN'
}
