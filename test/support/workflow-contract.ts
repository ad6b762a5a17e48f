/** What every workflow keeps to, ours and those of a new project: rights, pins, and that no step hides a failure. */
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { findCommand } from '../../src/cli/find-command.ts'
import { commandTable } from '../../src/cli/index.ts'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly 'runs-on': string
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

export interface WorkflowFile {
  /** Without its folder: `tests.yaml`. */
  readonly name: string
  readonly text: string
}

const jobsOf = (workflow: Workflow) => Object.entries(workflow.jobs)
const stepsOf = (workflow: Workflow) => jobsOf(workflow).flatMap(([, { steps }]) => steps)

function readWorkflow({ name, text }: WorkflowFile): readonly [string, Workflow, string] {
  const document = parseDocument(text)
  if (document.errors.length > 0) throw document.errors[0]!
  return [name, document.toJS() as Workflow, text]
}

/** The commits that actions are pinned to, by action and version. */
export function pinnedCommits(files: readonly WorkflowFile[]): Map<string, Set<string>> {
  const commits = new Map<string, Set<string>>()
  for (const { text } of files) {
    for (const [, action, commit, version] of text.matchAll(/uses: (\S+)@(\S+) # (\S+)/g)) {
      const key = `${action} ${version}`
      commits.set(key, (commits.get(key) ?? new Set()).add(commit!))
    }
  }
  return commits
}

/** `writes`: rights to write by file and job, each with a reason that somebody could ask for. */
export function workflowContract(
  files: readonly WorkflowFile[],
  writes: Readonly<Record<string, readonly string[]>>,
): void {
  const workflows = files.map(readWorkflow)

  describe.each(workflows)('%s', (name, workflow, text) => {
    it('runs only what is named by a commit, with its version beside it', () => {
      const lines = text.split('\n').filter((line) => /\buses:/.test(line))
      expect(lines.length).toBeGreaterThan(0)
      const pinned = /uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
      expect(lines.filter((line) => !pinned.test(line))).toEqual([])
    })

    it('may write nothing that is not listed', () => {
      expect(workflow.permissions).toEqual({ contents: 'read' })
      for (const [job, { permissions = {} }] of jobsOf(workflow)) {
        const found = Object.keys(permissions).filter((key) => permissions[key] === 'write')
        const key = `${name} ${job}`
        expect(found.sort(), key).toEqual(writes[key] ?? [])
      }
    })

    it('does not hide a failure, and ends in time', () => {
      expect(text).not.toMatch(/continue-on-error|\|\| *(true|echo|:)|set \+e|; *true$/m)
      for (const [, job] of jobsOf(workflow)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
      // a pipe ends as its last part does, unless it is told otherwise
      for (const { run = '' } of stepsOf(workflow)) {
        if (/[^|]\|[^|]/.test(run)) expect(run).toContain('pipefail')
      }
    })

    it('puts no text from outside into a command', () => {
      const withExpressions = stepsOf(workflow).filter(({ run = '' }) => run.includes('${{'))
      expect(withExpressions).toEqual([])
      // a variable unquoted is split and expanded
      for (const { run = '' } of stepsOf(workflow)) {
        const bare = run.replaceAll(/"[^"]*"|'[^']*'|\[\[.*?\]\]/g, '')
        expect(bare).not.toMatch(/\$[A-Z{]/)
      }
    })

    it('does not leave the token of a checkout behind', () => {
      const checkouts = stepsOf(workflow).filter(({ uses = '' }) =>
        uses.startsWith('actions/checkout'),
      )
      for (const step of checkouts) {
        expect(step.with).toMatchObject({ 'persist-credentials': false })
      }
    })

    it('lends no secret and no identity to code of a fork', () => {
      expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
    })
  })

  it('guard what reads data from requests of forks', () => {
    const { text = '' } = files.find(({ name }) => name === 'data-changes.yaml') ?? {}
    expect(text).toContain('github.event.pull_request.head.repo.full_name == github.repository')
  })

  it('name one commit for one version of an action, everywhere', () => {
    const commits = pinnedCommits(files)
    expect(commits.size).toBeGreaterThan(6)
    expect([...commits].filter(([, set]) => set.size > 1)).toEqual([])
  })

  it('call commands of Atelier that there are', () => {
    const calls = workflows.flatMap(([, workflow]) =>
      stepsOf(workflow).flatMap(({ run = '' }) => [...run.matchAll(/npx atelier ([a-z -]+)/g)]),
    )
    const names = calls.map(([, words]) => words!.trim().split(' ').slice(0, 2).join(' '))
    expect(names.length).toBeGreaterThan(8)
    for (const name of names) {
      expect(findCommand(commandTable, name.split(' ')).kind, name).toBe('command')
    }
  })
}
