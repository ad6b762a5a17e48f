import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { artifactSchema } from '../contracts/index.ts'
import { openRun } from './run.ts'
import { TRASH } from './run-folders.ts'
import type { RunEntry } from './run-store.ts'

const provenanceSchema = z.array(z.object({ key: z.string(), origin: z.string() }))
const trashedSchema = z.object({ trashed: z.iso.datetime() })

/**
 * All that the store holds of the run in `folder`, read from its files. What a run lacks, an older
 * one or one of another program, is empty. Throws RUN_NOT_FOUND.
 */
export async function entryOf(folder: string): Promise<RunEntry> {
  const { record, files } = await openRun(folder)
  const overrides = await readOptional(files.overrides, parse)
  const inTrash = basename(dirname(resolve(folder))) === TRASH
  const trashed = inTrash ? await readOptional(files.trashed, JSON.parse) : undefined
  return {
    record,
    config: await readConfig(files.config),
    overrides: Array.isArray(overrides) ? overrides.map(String) : [],
    provenance: valid(provenanceSchema, await readOptional(files.provenance, JSON.parse)) ?? [],
    artifacts:
      valid(z.array(artifactSchema), await readOptional(files.artifacts, JSON.parse)) ?? [],
    folder: resolve(folder),
    trashed: inTrash ? (valid(trashedSchema, trashed)?.trashed ?? record.updated) : null,
  }
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  const value: unknown = await readOptional(path, parse)
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMap ? (value as Record<string, unknown>) : {}
}

/** Undefined where there is no such file, or a half one. */
async function readOptional(path: string, parseText: (text: string) => unknown): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return parseText(text)
  } catch {
    return undefined
  }
}

function valid<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
