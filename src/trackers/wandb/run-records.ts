import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { RunRecord } from '../../contracts/index.ts'
import type { Run } from '../../tracking/index.ts'
import { groupedName, type MetricRow } from '../metric-rows.ts'
import { RecordSchema, type RecordSchema as Schema } from '../protocol/generated/wandb_pb.ts'
import type { WandbSettings } from '../settings.ts'
import type { ModelArtifact } from './model-artifact.ts'

type Content = NonNullable<MessageInitShape<typeof Schema>['content']>

const OUTPUT = 1
const FILE = { end: 1, media: 2, other: 0 } as const

/** The bytes of a record; their numbers count from 1. */
export function recordBytes(num: number, content: Content): Uint8Array {
  return toBinary(RecordSchema, create(RecordSchema, { num: BigInt(num), content }))
}

const itemsOf = (values: Readonly<Record<string, unknown>>) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, valueJson: JSON.stringify(value) }))

export function headerRecord(): Content {
  const versionInfo = { producer: 'atelier', minConsumer: '0.1.0' }
  return { case: 'header', value: { versionInfo } }
}

/** What the run is, as it is known when it starts or is sent again. */
export function runRecord(
  { record }: Run,
  config: Readonly<Record<string, unknown>>,
  settings: WandbSettings,
): Content {
  const { environment, git, created } = record
  return {
    case: 'run',
    value: {
      runId: settings.runId,
      entity: settings.entity,
      project: settings.project,
      runGroup: settings.group,
      jobType: settings.jobType,
      displayName: settings.name,
      ...labelsOf(record, settings),
      sweepId: settings.sweepId,
      host: environment.host,
      startTime: timestampFromMs(Date.parse(created)),
      config: { update: itemsOf(config) },
      ...(git === null ? {} : { git: { remoteUrl: git.remote ?? '', commit: git.commit } }),
    },
  }
}

export function environmentRecord({ record }: Run, writerId: string): Content {
  const { environment, command, created, git } = record
  return {
    case: 'environment',
    value: {
      os: environment.platform,
      startedAt: timestampFromMs(Date.parse(created)),
      args: [...command],
      program: 'atelier',
      host: environment.host,
      executable: 'node',
      cpuCount: environment.cores,
      cpuCountLogical: environment.cores,
      writerId,
      ...(git === null ? {} : { git: { remoteUrl: git.remote ?? '', commit: git.commit } }),
    },
  }
}

/** `start` in ms; `more` are values that are no numbers: images. */
export function historyRecord(
  { step, time, values }: MetricRow,
  start: number,
  more: Readonly<Record<string, unknown>> = {},
): Content {
  return {
    case: 'history',
    value: {
      item: itemsOf({ ...values, ...more, ...timesOf(step, time, start) }),
      step: { num: BigInt(step) },
    },
  }
}

/** What every row of history and the summary hold besides. */
export function timesOf(step: number, time: number, start: number) {
  return { _step: step, _runtime: Math.max(0, time - start) / 1000, _timestamp: time / 1000 }
}

export function summaryRecord(values: Readonly<Record<string, unknown>>): Content {
  return { case: 'summary', value: { update: itemsOf(values) } }
}

/** What the summary holds at the end: the last values, over them those of the epoch that was kept, the figures. */
export function resultsOf(
  { summary, seconds }: RunRecord,
  last: Readonly<Record<string, unknown>>,
  images: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const kept = Object.entries(summary).map(([key, value]) => [groupedName(key), value])
  const runtime = Math.floor(seconds)
  return { ...last, ...Object.fromEntries(kept), ...images, _wandb: { runtime } }
}

export function statsRecord({ time, values }: MetricRow): Content {
  return { case: 'stats', value: { timestamp: timestampFromMs(time), item: itemsOf(values) } }
}

/** `line` ends with a line break. */
export function outputRecord(line: string, time: number): Content {
  const value = { outputType: OUTPUT, timestamp: timestampFromMs(time), line }
  return { case: 'outputRaw', value }
}

/** A file below `files/`. */
export function fileRecord(path: string, type: 'media' | 'other'): Content {
  return { case: 'files', value: { files: [{ path, policy: FILE.end, type: FILE[type] }] } }
}

export function artifactRecord(artifact: ModelArtifact, settings: WandbSettings): Content {
  const { name, digest, metadata, files, clientId, sequenceClientId } = artifact
  return {
    case: 'artifact',
    value: {
      runId: settings.runId,
      project: settings.project,
      entity: settings.entity,
      type: artifact.type,
      name,
      digest,
      metadata: JSON.stringify(metadata),
      userCreated: true,
      finalize: true,
      aliases: ['latest'],
      clientId,
      sequenceClientId,
      manifest: {
        version: 1,
        storagePolicy: 'wandb-storage-policy-v1',
        storagePolicyConfig: [{ key: 'storageLayout', valueJson: '"V2"' }],
        contents: files.map(({ path, md5, bytes, file }) => ({
          path,
          digest: md5,
          size: BigInt(bytes),
          localPath: file,
        })),
      },
    },
  }
}

export function exitRecord(record: RunRecord): Content {
  const value = { exitCode: exitCode(record), runtime: Math.floor(record.seconds) }
  return { case: 'exit', value }
}

export const FINAL_RECORDS: readonly Content[] = [
  { case: 'final', value: {} },
  { case: 'footer', value: {} },
]

/** Where the run comes from, among its configuration. */
export function originOf({ record }: Run) {
  const { id, dataset, config_digest, architecture, parameters, sweep } = record
  return { run: id, dataset, config_digest, architecture, parameters, sweep }
}

/** What people wrote to a run, here and in the environment. */
export function labelsOf(record: RunRecord, settings: WandbSettings) {
  return {
    notes: [settings.notes, record.notes].filter((text) => text !== '').join('\n'),
    tags: [...new Set([...settings.tags, ...record.tags])],
  }
}

/** W&B's own, for a run that Ctrl-C ended. */
const INTERRUPTED = 255

/** 0: it completed. */
export function exitCode({ status }: RunRecord): number {
  if (status === 'completed') return 0
  return status === 'interrupted' ? INTERRUPTED : 1
}
