/** What Node and the system say of the machine; nothing is judged here. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { input, mul, scalar } from '../../graph/index.ts'
import { encodePng } from '../../image/index.ts'
import { toOnnx } from '../../onnx/index.ts'
import { openSession } from '../../runtime/index.ts'
import { openDatabase } from '../../storage/index.ts'
import { tensor } from '../../tensor/index.ts'
import type { PlatformFacts, PortFacts, ProcessorFacts } from './machine-checks.ts'

const run = promisify(execFile)
const HEALTH_MS = 1000

export function platformFacts(): PlatformFacts {
  const { platform, arch } = process
  const report = process.report?.getReport() as
    | { readonly header?: { readonly glibcVersionRuntime?: string } }
    | undefined
  return { platform, arch, glibc: report?.header?.glibcVersionRuntime }
}

export async function processorFacts(): Promise<Omit<ProcessorFacts, 'threads'>> {
  const quota = await readFile('/sys/fs/cgroup/cpu.max', 'utf8').catch(() => '')
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  return {
    model: cpus()[0]?.model.replaceAll(/\s+/g, ' ').trim() || process.arch,
    cores: availableParallelism(),
    quota: quotaOf(quota),
    features: /^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1]?.trim().split(/\s+/) ?? [],
  }
}

/** `200000 100000` in `cpu.max` are two cores; `max 100000` is no limit. */
export function quotaOf(text: string): number | undefined {
  const [, time, period] = /^(\d+) (\d+)/.exec(text) ?? []
  return time === undefined ? undefined : Number(time) / Number(period)
}

export function memoryFacts(): { readonly total: number; readonly limit: number | undefined } {
  const limit = process.constrainedMemory?.()
  return { total: totalmem(), limit: limit || undefined }
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** The nearest folder upwards that is there. */
export async function existingFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  return isThere || dirname(path) === path ? path : existingFolder(dirname(path))
}

/** Writes a file into a folder and takes it away; gives the time it got. Throws as the system does. */
export async function probeFolder(folder: string): Promise<number> {
  const made = await mkdtemp(join(folder, '.atelier-doctor-'))
  try {
    const file = join(made, 'probe')
    await writeFile(file, 'probe')
    return (await stat(file)).mtimeMs
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

export async function gitFacts(folder: string) {
  const git = (...words: readonly string[]) =>
    run('git', words, { cwd: folder }).then(
      ({ stdout }) => stdout,
      () => undefined,
    )
  const version = await git('--version')
  return { version, isRepository: (await git('rev-parse', '--git-dir')) !== undefined }
}

/** Multiplies two numbers by onnxruntime. */
export async function tryRuntime(): Promise<void> {
  const x = input('x', [2])
  const { bytes } = toOnnx({ name: 'doctor', outputs: { y: mul(x, scalar(2)) }, blockSize: 1 })
  const session = await openSession(bytes, { threads: 1 })
  try {
    const { y } = await session.run({ x: tensor('float32', [2], Float32Array.of(3, 4)) })
    const [first, second] = y!.data
    if (first !== 6 || second !== 8) throw new Error(`2 × (3, 4) came out as (${first}, ${second})`)
  } finally {
    await session.close()
  }
}

/** Writes two pixels as PNG by sharp and reads them again. */
export async function tryPictures(): Promise<void> {
  const { default: sharp } = await import('sharp')
  const geometry = { width: 2, height: 1, channels: 1 } as const
  const png = await encodePng(Uint8Array.of(0, 200), geometry)
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true })
  if (info.width !== 2 || data[1] !== 200) throw new Error('a picture came back changed')
}

/** Opens a database of its own in a folder and takes it away. */
export async function tryDatabase(folder: string): Promise<void> {
  const made = await mkdtemp(join(folder, '.atelier-doctor-'))
  try {
    const place = { path: join(made, 'probe.db') }
    const database = await openDatabase(place, { name: 'doctor', migrations: [], durable: false })
    await database.close()
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

/** Whether this machine's own address has the port, and what answers where it has not. */
export async function portFacts(port: number): Promise<Pick<PortFacts, 'isFree' | 'health'>> {
  const isFree = await new Promise<boolean>((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
  return { isFree, health: isFree ? undefined : await healthOf(port) }
}

async function healthOf(port: number): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(HEALTH_MS)
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal })
    const { status } = (await response.json()) as { readonly status?: unknown }
    return typeof status === 'string' ? status : undefined
  } catch {
    return undefined
  }
}
