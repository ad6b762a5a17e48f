import { cpus, hostname, totalmem } from 'node:os'
import type { RunEnvironment } from '../contracts/index.ts'

/** This machine and this process; `libraries` are versions by package, which the caller knows. */
export function currentEnvironment(libraries: Readonly<Record<string, string>>): RunEnvironment {
  const cores = cpus()
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    host: hostname(),
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: Math.max(1, cores.length),
    memory_bytes: totalmem(),
    libraries: { ...libraries },
  }
}
