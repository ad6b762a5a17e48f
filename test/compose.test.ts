/** compose.yaml against what it names. */
import { describe } from 'vitest'
import { composeContract } from './support/compose-contract.ts'
import { readText } from './support/repository.ts'
import { packageRoot } from './support/training-project.ts'

describe('compose.yaml', () => {
  composeContract({
    text: readText('compose.yaml'),
    variables: readText('.env.example'),
    folder: packageRoot,
    prefix: 'atelier-',
  })
})
