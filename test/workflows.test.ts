/** The workflows: what they may do, what they run of others, and that no step hides a failure. */
import { describe, expect, it } from 'vitest'
import { findCommand } from '../src/cli/find-command.ts'
import { commandTable } from '../src/cli/index.ts'
import { runTool, toolsMissing } from './support/dev-tools.ts'
import { filesIn, readText, readYaml } from './support/repository.ts'

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

const FOLDER = '.github/workflows'
const files = filesIn(FOLDER, '.yaml')
const workflows = files.map((file) => [file, readYaml<Workflow>(file)] as const)
const jobsOf = (workflow: Workflow) => Object.entries(workflow.jobs)
const stepsOf = (workflow: Workflow) => jobsOf(workflow).flatMap(([, { steps }]) => steps)

/** Rights to write, each with the reason that somebody could ask for. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  'docker-build.yaml build': ['id-token', 'packages'],
  'data-changes.yaml check': ['id-token'],
  'data-changes.yaml comment': ['pull-requests'],
  'model-registry.yaml gate': ['id-token'],
  'docs.yaml deploy': ['id-token', 'pages'],
  'release.yaml publish': ['id-token'],
  'drift.yaml check': ['id-token'],
}

describe('the workflows', () => {
  it('are those of the original and those it lacked', () => {
    expect(files.map((file) => file.slice(FOLDER.length + 1))).toEqual([
      'codecheck.yaml',
      'data-changes.yaml',
      'docker-build.yaml',
      'docs.yaml',
      'drift.yaml',
      'model-registry.yaml',
      'release.yaml',
      'tests.yaml',
    ])
  })

  it('test three systems with three versions of Node', () => {
    const { strategy } = readYaml<{ jobs: { tests: { strategy: { matrix: object } } } }>(
      `${FOLDER}/tests.yaml`,
    ).jobs.tests
    expect(strategy.matrix).toEqual({
      os: ['ubuntu-24.04', 'windows-2025', 'macos-15'],
      node: [20, 22, 24],
    })
  })

  it.each(files)('%s runs only what is named by a commit, with its version beside it', (file) => {
    const lines = readText(file)
      .split('\n')
      .filter((line) => /\buses:/.test(line))
    expect(lines.length).toBeGreaterThan(0)
    const pinned = /uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
    expect(lines.filter((line) => !pinned.test(line))).toEqual([])
  })

  it('name one commit for one version of an action, everywhere', () => {
    const all = files.flatMap((file) => [...readText(file).matchAll(/uses: (\S+)@(\S+) # (\S+)/g)])
    const commits = new Map<string, Set<string>>()
    for (const [, action, commit, version] of all) {
      const key = `${action} ${version}`
      commits.set(key, (commits.get(key) ?? new Set()).add(commit!))
    }
    expect(commits.size).toBeGreaterThan(6)
    expect([...commits].filter(([, set]) => set.size > 1)).toEqual([])
  })

  it.each(workflows)('%s may write nothing that is not listed', (file, workflow) => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const [name, { permissions = {} }] of jobsOf(workflow)) {
      const writes = Object.keys(permissions).filter((key) => permissions[key] === 'write')
      const key = `${file.slice(FOLDER.length + 1)} ${name}`
      expect(writes.sort(), key).toEqual(WRITES[key] ?? [])
    }
  })

  it.each(workflows)('%s does not hide a failure, and ends in time', (file, workflow) => {
    const text = readText(file)
    expect(text).not.toMatch(/continue-on-error|\|\| *(true|echo|:)|set \+e|; *true$/m)
    for (const [, job] of jobsOf(workflow)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
    // a pipe ends as its last part does, unless it is told otherwise
    for (const { run = '' } of stepsOf(workflow)) {
      if (/[^|]\|[^|]/.test(run)) expect(run).toContain('pipefail')
    }
  })

  it.each(workflows)('%s puts no text from outside into a command', (_, workflow) => {
    const withExpressions = stepsOf(workflow).filter(({ run = '' }) => run.includes('${{'))
    expect(withExpressions).toEqual([])
    // a variable unquoted is split and expanded
    for (const { run = '' } of stepsOf(workflow)) {
      const bare = run.replaceAll(/"[^"]*"|'[^']*'|\[\[.*?\]\]/g, '')
      expect(bare).not.toMatch(/\$[A-Z{]/)
    }
  })

  it.each(workflows)('%s does not leave the token of a checkout behind', (_, workflow) => {
    const checkouts = stepsOf(workflow).filter(({ uses = '' }) =>
      uses.startsWith('actions/checkout'),
    )
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false })
  })

  it('lend no secret and no identity to code of a fork', () => {
    for (const [file, workflow] of workflows) {
      expect(Object.keys(workflow.on), file).not.toContain('pull_request_target')
    }
    const text = readText(`${FOLDER}/data-changes.yaml`)
    expect(text).toContain('github.event.pull_request.head.repo.full_name == github.repository')
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
})

const missing = toolsMissing('actionlint')
const suite = missing === undefined ? 'actionlint' : `actionlint (${missing})`
describe.skipIf(missing !== undefined)(suite, () => {
  it('finds nothing', async () => {
    const { code, stdout } = await runTool('actionlint', [])
    expect(code, stdout).toBe(0)
  })
})
