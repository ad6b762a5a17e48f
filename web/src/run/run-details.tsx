import type { ReactNode } from 'react'
import type { UiRun } from '../../../src/contracts/index.ts'
import { CommandLine } from '../shared/empty-state.tsx'
import { formatBytes, formatTime } from '../shared/format.ts'

/** Code, machine and libraries: what has to be alike for the same weights to come out. */
export function RunDetails({ run }: { readonly run: UiRun }) {
  const { record } = run
  // a program that logs by itself has a command line of its own
  const words = record.architecture === null ? record.command : ['atelier', ...record.command]
  return (
    <div className="section">
      {record.command.length > 0 && (
        <section className="section">
          <h2>Started with</h2>
          <CommandLine command={words.map(quoted).join(' ')} />
        </section>
      )}
      <div className="columns">
        <Facts title="Run" facts={runFacts(run)} />
        <Facts title="Code" facts={codeFacts(run)} />
        <Facts title="Environment" facts={environmentFacts(run)} />
        <Facts title="Libraries" facts={Object.entries(record.environment.libraries)} />
        {Object.keys(record.summary).length > 0 && (
          <Facts
            title="Summary"
            facts={Object.entries(record.summary).map(([name, value]) => [name, String(value)])}
          />
        )}
      </div>
    </div>
  )
}

type Fact = readonly [string, ReactNode]

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  if (facts.length === 0) return null
  return (
    <section className="section">
      <h2>{title}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function runFacts({ record, folder }: UiRun): Fact[] {
  const facts: (readonly [string, ReactNode | null])[] = [
    ['project', record.project],
    ['folder', <code key="folder">{folder}</code>],
    ['started', formatTime(record.created)],
    ['last written', formatTime(record.updated)],
    ['data', record.dataset && `${record.dataset.name} (${record.dataset.digest.slice(0, 12)})`],
    ['configuration', record.config_digest.slice(0, 12)],
    ['weights', record.weight_digest?.slice(0, 12) ?? null],
    ['sweep', record.sweep && `${record.sweep.id}, trial ${record.sweep.trial}`],
    ['looks at the test split', record.test_looks],
  ]
  return facts.filter(([, value]) => value !== null)
}

function codeFacts({ record: { git } }: UiRun): Fact[] {
  if (git === null) return [['git', 'not in a repository']]
  const facts: (readonly [string, string | null])[] = [
    ['commit', git.commit],
    ['branch', git.branch],
    ['remote', git.remote],
    ['changes', git.dirty ? 'uncommitted ones, in git.diff' : 'none'],
  ]
  return facts.filter(([, value]) => value !== null)
}

function environmentFacts({ record: { environment } }: UiRun): Fact[] {
  return [
    ['host', environment.host],
    ['platform', environment.platform],
    ['processor', `${environment.cpu}, ${environment.cores} cores`],
    ['memory', formatBytes(environment.memory_bytes)],
    ['Node', environment.node],
  ]
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
