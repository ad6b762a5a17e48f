import { AtelierError, toAtelierError } from '../../core/index.ts'
import { isMap, type ValueMap } from '../yaml12/value.ts'
import { lockedHash, lockedPath, lockFileOf, readLock } from './lock-file.ts'
import { commandLines } from './run-command.ts'
import { makeStage, type RunOptions, saveStage } from './run-stage.ts'
import type { Stage } from './stage.ts'
import { type StageChange, stageChanges } from './stage-changes.ts'
import type { GraphNode, StageGraph } from './stage-graph.ts'
import { reachable } from './stage-graph.ts'

/** A stage, or data of a `.dvc` file, in the graph of a project. */
export type PipelineNode = GraphNode &
  (
    | { readonly kind: 'stage'; readonly stage: Stage }
    | {
        readonly kind: 'data'
        /** Notes what is there now, in the `.dvc` file and the cache; whether it was something new. */
        readonly refresh: (options: {
          readonly dry: boolean
          readonly allowMissing: boolean
        }) => Promise<boolean>
      }
  )

export interface ReproduceOptions extends Omit<RunOptions, 'address' | 'onRestore' | 'onCommand'> {
  readonly graph: StageGraph<PipelineNode>
  /** Says what would be done. */
  readonly dry: boolean
  readonly allowMissing: boolean
  /** What comes after a stage that ran, runs too. */
  readonly forceDownstream: boolean
  /** What a failure ends: all, what depends on it, or nothing. */
  readonly onError: 'fail' | 'keep-going' | 'ignore'
  readonly report: (event: ReproduceEvent) => void
}

export type ReproduceEvent =
  | {
      readonly type: 'unchanged' | 'running' | 'restored' | 'frozen' | 'data'
      readonly address: string
    }
  | { readonly type: 'command'; readonly address: string; readonly line: string }
  | { readonly type: 'failed'; readonly address: string; readonly error: AtelierError }
  | { readonly type: 'left out'; readonly address: string; readonly because: string }

export interface StageOutcome {
  readonly address: string
  readonly result: 'unchanged' | 'restored' | 'ran' | 'saved' | 'failed' | 'left out'
  /** Why it was not left as it was. */
  readonly changes: readonly StageChange[]
}

/**
 * Brings the nodes up to date, in the order given, which must have what a node depends on before it. After
 * each stage `dvc.lock` holds what it did, so that a stop at any moment costs one stage at most.
 */
export async function reproduce(
  nodes: readonly PipelineNode[],
  options: ReproduceOptions,
): Promise<readonly StageOutcome[]> {
  const outcomes: StageOutcome[] = []
  const forced = new Set<PipelineNode>(options.force ? nodes : [])
  const leftOut = new Map<PipelineNode, string>()
  const failures: AtelierError[] = []
  const locks = createLocks()
  for (const node of nodes) {
    options.signal.throwIfAborted()
    const { address } = node
    const cause = leftOut.get(node)
    if (cause !== undefined) {
      options.report({ type: 'left out', address, because: cause })
      outcomes.push({ address, result: 'left out', changes: [] })
      continue
    }
    try {
      const outcome = await bringUpToDate(node, { ...options, force: forced.has(node) }, locks)
      outcomes.push(outcome)
      if (outcome.result === 'unchanged') continue
      if (options.forceDownstream) for (const next of options.graph.after(node)) forced.add(next)
    } catch (thrown) {
      const error = toAtelierError(thrown)
      if (options.onError === 'fail' || error.code === 'INTERRUPTED' || options.signal.aborted)
        throw error
      options.report({ type: 'failed', address, error })
      outcomes.push({ address, result: 'failed', changes: [] })
      failures.push(error)
      if (options.onError === 'keep-going') leaveOutAfter(node, options.graph, leftOut)
    }
  }
  if (options.onError === 'keep-going' && failures.length > 0)
    throw severalFailed(outcomes, failures)
  return outcomes
}

function leaveOutAfter(
  node: PipelineNode,
  graph: StageGraph<PipelineNode>,
  leftOut: Map<PipelineNode, string>,
): void {
  for (const later of reachable(graph.nodes, [node], graph.after)) leftOut.set(later, node.address)
}

function severalFailed(outcomes: readonly StageOutcome[], failures: readonly AtelierError[]) {
  const failed = outcomes.filter(({ result }) => result === 'failed').map(({ address }) => address)
  return new AtelierError('PIPELINE_STAGE_FAILED', `Failed: ${failed.join(', ')}.`, {
    hint: failures[0]!.message,
    data: { failed, outcomes },
  })
}

async function bringUpToDate(
  node: PipelineNode,
  options: ReproduceOptions,
  locks: Locks,
): Promise<StageOutcome> {
  const { address } = node
  if (node.kind === 'data') {
    const isNew = await node.refresh(options)
    if (isNew) options.report({ type: 'data', address })
    return { address, result: isNew ? 'saved' : 'unchanged', changes: [] }
  }
  const { stage } = node
  const locked = await locks.of(stage)
  const { files, force, allowMissing, graph } = options
  const made = allowMissing ? await madeBefore(graph.before(node), locks) : undefined
  const changes = force ? [] : await stageChanges(stage, locked, files, { allowMissing, made })
  if (!force && changes.length === 0) {
    options.report({ type: 'unchanged', address })
    return { address, result: 'unchanged', changes }
  }
  locks.forget(stage)
  return { address, changes, result: await renew(node, stage, locked, options) }
}

async function renew(
  { address }: PipelineNode,
  stage: Stage,
  locked: ValueMap | undefined,
  options: ReproduceOptions,
): Promise<StageOutcome['result']> {
  const { dry, report } = options
  if (stage.frozen) {
    report({ type: 'frozen', address })
    if (!dry) await options.files.alone(() => saveStage(stage, options))
    return 'saved'
  }
  const onCommand = (line: string) => report({ type: 'command', address, line })
  if (dry) {
    report({ type: 'running', address })
    for (const line of commandLines(stage.command)) onCommand(line)
    return 'ran'
  }
  let isFirst = true
  return makeStage(stage, locked, {
    ...options,
    address,
    onRestore: () => report({ type: 'restored', address }),
    onCommand: (line) => {
      if (isFirst) report({ type: 'running', address })
      isFirst = false
      onCommand(line)
    },
  })
}

/** The locked hashes of outputs. */
async function madeBefore(
  nodes: readonly PipelineNode[],
  locks: Locks,
): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>()
  for (const node of nodes) {
    if (node.kind === 'data') continue
    const locked = await locks.of(node.stage)
    for (const { path, absolutePath } of node.stage.outputs) {
      const md5 = lockedHash(lockedPath(locked, 'outs', path))
      if (md5 !== undefined) made.set(absolutePath, md5)
    }
  }
  return made
}

/** What is locked of stages; each file is read once, and again after it was written. */
interface Locks {
  of(stage: Stage): Promise<ValueMap | undefined>
  forget(stage: Stage): void
}

function createLocks(): Locks {
  const read = new Map<string, Promise<ValueMap>>()
  return {
    async of({ file, name }) {
      const path = lockFileOf(file)
      const lock = read.get(path) ?? readLock(path)
      read.set(path, lock)
      const entry = (await lock).get(name)
      return isMap(entry) ? entry : undefined
    },
    forget: ({ file }) => read.delete(lockFileOf(file)),
  }
}
