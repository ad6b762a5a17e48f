import { relative } from 'node:path'
import type { RunEntry } from '../tracking/index.ts'
import { type EpochRow, epochTable } from './epoch-table.ts'
import { type Fact, formatFacts } from './format-facts.ts'
import { formatDuration } from './progress-line.ts'
import { formatAge, formatBytes, formatMetric, formatTime } from './run-cells.ts'
import { shellLine } from './shell-words.ts'
import { formatTable } from './table.ts'

interface Surroundings {
  readonly cwd: string
  readonly now: number
}

/** Everything of a run that is worth a line, but its settings. */
export function runText(
  entry: RunEntry,
  epochs: readonly EpochRow[],
  { cwd, now }: Surroundings,
): string {
  const folder = relative(cwd, entry.folder)
  const place = folder.startsWith('..') ? entry.folder : folder
  return [
    formatFacts([...statusFacts(entry, place, now), ...resultFacts(entry, epochs)]),
    formatFacts(originFacts(entry)),
    epochs.length === 0 ? otherMetrics(entry) : epochTable(epochs, 'kept, chosen on validation'),
    artifactTable(entry),
    nextSteps(entry),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function statusFacts({ record, trashed }: RunEntry, place: string, now: number): Fact[] {
  const age = formatAge(now - Date.parse(record.created))
  return [
    ['run', record.id],
    ['status', record.status],
    [
      'failure',
      record.failure === null ? undefined : `${record.failure.code}: ${record.failure.message}`,
    ],
    ['trash', trashed === null ? undefined : `since ${formatTime(trashed)} UTC`],
    ['project', record.project],
    [
      'sweep',
      record.sweep === null ? undefined : `${record.sweep.id}, trial ${record.sweep.trial}`,
    ],
    ['tags', record.tags.join(', ') || undefined],
    ['notes', record.notes || undefined],
    ['folder', place],
    ['started', `${formatTime(record.created)} UTC${age === 'now' ? '' : `, ${age} ago`}`],
    ['time', formatDuration(record.seconds * 1000)],
  ]
}

function resultFacts({ record }: RunEntry, epochs: readonly EpochRow[]): Fact[] {
  const { best, architecture, parameters, seed } = record
  const steps = `${record.step} step${record.step === 1 ? '' : 's'}`
  return [
    [
      'progress',
      record.epochs === null ? steps : `${steps}, ${epochs.length} of ${record.epochs} epochs`,
    ],
    [
      'best',
      best === null
        ? undefined
        : `epoch ${best.epoch}: val.accuracy ${best.val_accuracy.toFixed(4)}, val.loss ${best.val_loss.toFixed(4)}`,
    ],
    [
      'model',
      architecture === null
        ? undefined
        : [
            architecture,
            parameters === null ? '' : `${groupDigits(parameters)} parameters`,
            seed === null ? '' : `seed ${seed}`,
          ]
            .filter(Boolean)
            .join(', '),
    ],
    ['weights', record.weight_digest?.slice(0, 12)],
    ['test looks', architecture === null ? undefined : String(record.test_looks)],
  ]
}

function originFacts({ record, overrides }: RunEntry): Fact[] {
  const { dataset, git, environment, command } = record
  const { libraries } = environment
  const isOurs = record.architecture !== null
  const memory = `${(environment.memory_bytes / 2 ** 30).toFixed(1)} GiB`
  return [
    [
      'data',
      dataset === null ? undefined : `${dataset.name}, digest ${dataset.digest.slice(0, 12)}`,
    ],
    ['code', git === null ? 'not in a git repository' : codeText(git)],
    ['command', shellLine(isOurs ? ['atelier', ...command] : command) || undefined],
    // mostly they are all of the command
    [
      'overrides',
      isOurs && ends(command, overrides) ? undefined : shellLine(overrides) || undefined,
    ],
    [
      'machine',
      `${environment.host}, ${environment.platform}, ${environment.cores} × ${environment.cpu}, ${memory}`,
    ],
    [
      'libraries',
      [`node ${environment.node}`, ...Object.entries(libraries).map((pair) => pair.join(' '))].join(
        ', ',
      ),
    ],
  ]
}

const ends = (words: readonly string[], last: readonly string[]) =>
  last.every((word, at) => words[words.length - last.length + at] === word)

function codeText(git: NonNullable<RunEntry['record']['git']>): string {
  const branch = git.branch === null ? '' : ` on ${git.branch}`
  return `${git.commit.slice(0, 12)}${branch}${git.dirty ? ', with uncommitted changes: git.diff' : ''}`
}

/** The summary of a run that has no epochs: one that a program logged by itself. */
function otherMetrics({ record: { summary } }: RunEntry): string {
  return formatFacts(
    Object.entries(summary).map(([metric, value]) => [metric, formatMetric(value)]),
  )
}

const MOST_ARTIFACTS = 12

function artifactTable({ artifacts }: RunEntry): string {
  if (artifacts.length === 0) return ''
  const rows = artifacts
    .slice(0, MOST_ARTIFACTS)
    .map(({ path, bytes, sha256 }) => [path, formatBytes(bytes), sha256.slice(0, 12)])
  const table = formatTable(
    [{ title: 'file' }, { title: 'size', align: 'right' }, { title: 'sha256' }],
    rows,
  )
  const more = artifacts.length - rows.length
  return more === 0 ? table : `${table}\n… and ${more} more; all of them with --json`
}

function nextSteps({ record, trashed }: RunEntry): string {
  const { id, status, architecture } = record
  if (trashed !== null) return `Bring it back: atelier runs restore ${id}`
  if (architecture === null || status === 'running') return ''
  return status === 'completed'
    ? `Train it again and compare: atelier runs reproduce ${id}`
    : `Continue it: atelier resume ${id}`
}

const groupDigits = (value: number) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
