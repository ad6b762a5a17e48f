/** compose.yaml against what it names; delivery-tools.test.ts holds it against its specification. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCommand } from '../src/cli/find-command.ts'
import { commandTable } from '../src/cli/index.ts'
import { readText, readYaml } from './support/repository.ts'
import { packageRoot } from './support/training-project.ts'

interface Service {
  readonly image: string
  readonly build?: { readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const compose = readYaml<Compose>('compose.yaml')
const text = readText('compose.yaml')
const services = Object.entries(compose.services)
const ours = services.filter(([, { image }]) => image.startsWith('atelier-'))

describe('compose.yaml', () => {
  it('has the services of the original, and those around them', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      [
        'api',
        'evaluate',
        'grafana',
        'monitor',
        'postgres',
        'prepare',
        'prometheus',
        'train',
      ].sort(),
    )
  })

  it('names only files and volumes that are there', () => {
    for (const [name, service] of services) {
      if (service.build) expect(existsSync(join(packageRoot, service.build.dockerfile))).toBe(true)
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./deploy')) {
          expect(existsSync(join(packageRoot, source)), `${name}: ${source}`).toBe(true)
        } else if (!source.startsWith('.')) expect(compose.volumes).toHaveProperty(source)
      }
      const needs = service.depends_on ?? []
      for (const other of Array.isArray(needs) ? needs : Object.keys(needs)) {
        expect(compose.services).toHaveProperty(other)
      }
    }
  })

  it('takes nothing from its surroundings that .env.example does not name', () => {
    const named = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)
    const described = [...readText('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
      ([, n]) => n,
    )
    expect([...new Set(named)].sort()).toEqual([...new Set(described)].sort())
  })

  it('has no password of its own', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([key]) => /PASSWORD|TOKEN|DATABASE_URL/.test(key)),
    )
    expect(secrets.length).toBeGreaterThan(3)
    for (const [key, value] of secrets) expect(value, key).toMatch(/\$\{[A-Z_]+:\?/)
  })

  it('gives our own services no right they do not need', () => {
    expect(ours.length).toBe(5)
    for (const [name, service] of ours) {
      const { read_only, cap_drop, security_opt } = service
      const rights = {
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      }
      expect({ read_only, cap_drop, security_opt }, name).toEqual(rights)
    }
  })

  it('publishes ports on this machine alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports.length).toBeGreaterThan(3)
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('runs commands that there are', () => {
    for (const [name, { command = ['train'] }] of ours) {
      const found = findCommand(commandTable, command)
      expect(found.kind, name).toBe('command')
    }
  })
})
