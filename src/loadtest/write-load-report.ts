import { writeFileAtomic } from '../core/index.ts'
import { loadFigures } from './load-figures.ts'
import { loadPage } from './load-page.ts'
import type { LoadResult } from './load-result.ts'

/** Writes the report of a load test as one HTML file. `description` says in words how the service was asked. */
export async function writeLoadReport(
  path: string,
  result: LoadResult,
  description: string,
): Promise<void> {
  const figures = await loadFigures(result)
  await writeFileAtomic(path, loadPage({ result, figures, description }))
}
