import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../core/index.ts'
import { type ObjectStore, openObjectStore } from '../storage/index.ts'
import { artifactKey, keepArtifact, readArtifact } from './artifact-store.ts'
import { objectArtifactStore } from './object-artifact-store.ts'

const BYTES = new TextEncoder().encode('a model')
const DIGEST = sha256(BYTES)

let folder = ''
let objects: ObjectStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-objects-'))
  objects = await openObjectStore(`file://${folder}`)
})
afterEach(async () => {
  await objects.close()
  rmSync(folder, { recursive: true })
})

describe('objectArtifactStore', () => {
  it('keeps bytes under their digest and gives them back', async () => {
    const store = objectArtifactStore(objects)
    const key = artifactKey(DIGEST)
    expect([await store.exists(key), await store.get(key)]).toEqual([false, undefined])
    expect(await keepArtifact(store, BYTES)).toBe(DIGEST)
    expect(await store.exists(key)).toBe(true)
    expect(Buffer.from(await readArtifact(store, DIGEST)).toString()).toBe('a model')
    expect(readdirSync(join(folder, 'sha256', DIGEST.slice(0, 2)))).toEqual([DIGEST])
  })

  it('refuses other bytes, and mends them', async () => {
    const store = objectArtifactStore(objects)
    await keepArtifact(store, BYTES)
    writeFileSync(join(folder, artifactKey(DIGEST)), 'a modal')
    await expect(readArtifact(store, DIGEST)).rejects.toMatchObject({ code: 'MODEL_DAMAGED' })
    await keepArtifact(store, BYTES)
    expect(Buffer.from(await readArtifact(store, DIGEST)).toString()).toBe('a model')
  })
})
