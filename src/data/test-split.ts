import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dataset } from './dataset.ts'
import type { Split } from './split.ts'
import { loadSplitFile } from './split-file.ts'

const LOOKS_FILE = 'test-looks.jsonl'

/** Why the test split is opened: kept for good, so that a report can say how often it was seen. */
export interface TestLook {
  readonly run_id: string | null
  readonly weight_digest: string
  readonly command: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface LookCounts {
  /** Looks at this data set so far, this one included. */
  readonly dataset: number
  /** Looks for this run, or for these weights when there is no run, this one included. */
  readonly run: number
}

interface LookRecord {
  readonly time: string
  readonly dataset_digest: string
  readonly run_id: string | null
  readonly weight_digest: string
  readonly command: string
}

/**
 * The locked test split. The look is written to `test-looks.jsonl` and on disk before a pixel is
 * read; there is no other way to the test images. Throws DATA_CORRUPT as `load` does.
 */
export async function openTestSplit(
  dataset: Dataset,
  look: TestLook,
): Promise<{ readonly split: Split; readonly looks: LookCounts }> {
  const path = join(dataset.folder, LOOKS_FILE)
  const record: LookRecord = {
    time: new Date(look.now).toISOString(),
    dataset_digest: dataset.manifest.digest,
    run_id: look.run_id,
    weight_digest: look.weight_digest,
    command: look.command,
  }
  const records = [...(await readLooks(path)), record]
  await appendDurably(path, `${JSON.stringify(record)}\n`)
  const split = await loadSplitFile(dataset.folder, dataset.manifest, 'test')
  return { split, looks: countLooks(records, record) }
}

function countLooks(records: readonly LookRecord[], look: LookRecord): LookCounts {
  const ofDataset = records.filter((record) => record.dataset_digest === look.dataset_digest)
  const ofRun = ofDataset.filter((record) =>
    look.run_id === null
      ? record.weight_digest === look.weight_digest
      : record.run_id === look.run_id,
  )
  return { dataset: ofDataset.length, run: ofRun.length }
}

/**
 * One write in append mode: looks of two processes do not overwrite each other. A crash may have
 * left half a line; the new one must not join it.
 */
async function appendDurably(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a')
  try {
    await file.writeFile((await endsInsideLine(path)) ? `\n${line}` : line)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function endsInsideLine(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8')
  return text !== '' && !text.endsWith('\n')
}

async function readLooks(path: string): Promise<LookRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((line) => {
    // A crash can leave half a line; it must not make the others unreadable.
    try {
      return line.trim() === '' ? [] : [JSON.parse(line) as LookRecord]
    } catch {
      return []
    }
  })
}
