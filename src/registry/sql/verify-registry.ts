import { type HistoryEntry, historyEntrySchema, type ModelVersion } from '../../contracts/index.ts'
import { AtelierError, digestOf } from '../../core/index.ts'
import { followAlias, MOVES } from '../alias-trail.ts'
import { type ArtifactStore, readArtifact } from '../artifact-store.ts'
import { chainChecker } from '../check-chain.ts'
import type { HistoryHead } from '../history-chain.ts'
import type { Problem, Verification, VerifyOptions } from '../registry.ts'
import { versionOfRow } from './read-models.ts'
import { descriptionDigest, recordDigest } from './register-version.ts'
import type { RegistryTransaction } from './tables.ts'

const PAGE = 1000

/** What the database holds, compared with its own history; the files are still to be read. */
export interface VerifiedRecords {
  readonly entries: number
  readonly head: HistoryHead
  readonly versions: number
  /** SHA-256 of each file, and a version of it. */
  readonly files: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

/** What the history vouches for. */
interface Vouched {
  /** By `name/3`: digest of the record, digest of the description. */
  readonly records: Map<string, string | null>
  readonly descriptions: Map<string, string | null>
  /** By `name@alias`. */
  readonly moves: Map<string, Pick<HistoryEntry, 'action' | 'version'>[]>
  readonly verdicts: Map<string, number>
}

export async function verifyRecords(
  db: RegistryTransaction,
  { anchor }: VerifyOptions,
): Promise<VerifiedRecords> {
  const chain = chainChecker(anchor)
  const vouched: Vouched = {
    ...{ records: new Map(), descriptions: new Map(), moves: new Map(), verdicts: new Map() },
  }
  let entries = 0
  for (let last = 0; ; ) {
    const page = await pageAfter(db, last)
    for (const entry of page) {
      chain.add(entry)
      note(vouched, entry)
    }
    entries += page.length
    last = page.at(-1)?.sequence ?? last
    if (page.length < PAGE) break
  }
  const { sequence, hash } = await db
    .selectFrom('registry_head')
    .select(['sequence', 'hash'])
    .executeTakeFirstOrThrow()
  const head = { sequence, hash }
  const versions = await compareVersions(db, vouched)
  const problems = [
    ...chain.end(head),
    ...versions.problems,
    ...(await compareAliases(db, vouched)),
    ...(await compareVerdicts(db, vouched)),
  ]
  return { entries, head, ...versions, problems }
}

async function pageAfter(db: RegistryTransaction, last: number): Promise<HistoryEntry[]> {
  const rows = await db
    .selectFrom('registry_history')
    .selectAll()
    .where('sequence', '>', last)
    .orderBy('sequence')
    .limit(PAGE)
    .execute()
  // a row that no longer fits the schema has a wrong hash as well
  return rows.map((row) => historyEntrySchema.safeParse(row).data ?? row)
}

function note({ records, descriptions, moves, verdicts }: Vouched, entry: HistoryEntry): void {
  const { action, model, version, alias, record, verdict, sequence } = entry
  if (action === 'registered') records.set(`${model}/${version}`, record)
  if (action === 'described') descriptions.set(`${model}/${version}`, record)
  if (verdict !== null) verdicts.set(verdict, sequence)
  if (!MOVES.includes(action)) return
  const key = `${model}@${alias}`
  const known = moves.get(key)
  if (known === undefined) moves.set(key, [{ action, version }])
  else known.push({ action, version })
}

const UNDESCRIBED = digestOf({ description: '', tags: [] })

async function compareVersions(db: RegistryTransaction, { records, descriptions }: Vouched) {
  const problems: Problem[] = []
  const files = new Map<string, string>()
  const seen = new Set<string>()
  const rows = await db
    .selectFrom('registry_versions')
    .selectAll()
    .orderBy('model')
    .orderBy('version')
    .execute()
  for (const row of rows) {
    const where = `${row.model}/${row.version}`
    const report = (what: string) => problems.push({ where, what })
    seen.add(where)
    files.set(row.sha256, where)
    const version = readable(() => versionOfRow(row))
    if (!records.has(where)) report('was never registered, as the history tells it')
    else if (version === undefined || recordDigest(version) !== records.get(where)) {
      report('was changed after it was registered')
    } else if (descriptionDigest(version) !== (descriptions.get(where) ?? UNDESCRIBED)) {
      report('has another description or other tags than it was given')
    }
  }
  for (const where of records.keys()) {
    if (!seen.has(where)) problems.push({ where, what: 'was registered and is missing' })
  }
  return { versions: rows.length, files, problems }
}

function readable(read: () => ModelVersion): ModelVersion | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

async function compareAliases(
  db: RegistryTransaction,
  { moves }: Vouched,
): Promise<readonly Problem[]> {
  const rows = await db.selectFrom('registry_aliases').selectAll().execute()
  const found = new Map(rows.map((row) => [`${row.model}@${row.alias}`, row]))
  return [...new Set([...moves.keys(), ...found.keys()])].flatMap((where) => {
    const wanted = followAlias(moves.get(where) ?? [])
    const { version = null, previous = null, revision = 0 } = found.get(where) ?? {}
    const isSame =
      version === wanted.version && previous === wanted.previous && revision === wanted.revision
    const state = (of: typeof wanted) =>
      `${of.version === null ? 'nothing' : `version ${of.version}`} at revision ${of.revision}`
    const what = `points to ${state({ version, previous, revision })}, the history says ${state(wanted)}`
    return isSame ? [] : [{ where, what }]
  })
}

async function compareVerdicts(
  db: RegistryTransaction,
  { verdicts }: Vouched,
): Promise<readonly Problem[]> {
  const rows = await db.selectFrom('registry_verdicts').selectAll().execute()
  const texts = new Map(rows.map(({ digest, verdict }) => [digest, verdict]))
  return [...verdicts].flatMap(([digest, sequence]) => {
    const text = texts.get(digest)
    const where = `entry ${sequence}`
    if (text === undefined) return [{ where, what: 'has a verdict that is missing' }]
    return digestOfText(text) === digest ? [] : [{ where, what: 'has a verdict that was changed' }]
  })
}

function digestOfText(text: string): string | undefined {
  try {
    return digestOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Reads every file whole. */
export async function verifyFiles(
  store: ArtifactStore,
  { files, problems, ...recorded }: VerifiedRecords,
  { onFile }: VerifyOptions,
): Promise<Verification> {
  const found: Problem[] = [...problems]
  let done = 0
  for (const [sha256, where] of files) {
    try {
      await readArtifact(store, sha256)
    } catch (error) {
      if (!(error instanceof AtelierError) || error.code !== 'MODEL_DAMAGED') throw error
      found.push({ where, what: error.message })
    }
    onFile?.(++done, files.size)
  }
  return { ...recorded, files: files.size, problems: found }
}
