/** The workflows: what they may do, what they run of others, and that no step hides a failure. */
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runTool, toolsMissing } from './support/dev-tools.ts'
import { filesIn, readText, readYaml } from './support/repository.ts'
import { workflowContract } from './support/workflow-contract.ts'

const FOLDER = '.github/workflows'
const files = filesIn(FOLDER, '.yaml').map((file) => ({
  name: basename(file),
  text: readText(file),
}))

describe('the workflows', () => {
  it('are those of the original and those it lacked', () => {
    expect(files.map(({ name }) => name)).toEqual([
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

  workflowContract(files, {
    'docker-build.yaml build': ['id-token', 'packages'],
    'data-changes.yaml check': ['id-token'],
    'data-changes.yaml comment': ['pull-requests'],
    'model-registry.yaml gate': ['id-token'],
    'docs.yaml deploy': ['id-token', 'pages'],
    'release.yaml publish': ['id-token'],
    'drift.yaml check': ['id-token'],
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
