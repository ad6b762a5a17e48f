/** What a compose.yaml keeps to, ours and that of a new project. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { findCommand } from '../../src/cli/find-command.ts'
import { commandTable } from '../../src/cli/index.ts'

interface Service {
  readonly image: string
  readonly build?: { readonly dockerfile?: string; readonly target?: string }
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

export interface ComposeProject {
  readonly text: string
  /** `.env.example`. */
  readonly variables: string
  /** Absolute: the folder it lies in. */
  readonly folder: string
  /** What the names of its own images begin with. */
  readonly prefix: string
}

export function composeContract({ text, variables, folder, prefix }: ComposeProject): void {
  const document = parseDocument(text, { merge: true })
  if (document.errors.length > 0) throw document.errors[0]!
  const compose = document.toJS() as Compose
  const services = Object.entries(compose.services)
  const own = services.filter(([, { image }]) => image.startsWith(prefix))
  const isThere = (path: string) => existsSync(join(folder, path))

  it('has the services of the original, and those around them', () => {
    const around = ['grafana', 'postgres', 'prometheus']
    const names = ['api', 'evaluate', 'monitor', 'prepare', 'train', ...around]
    expect(Object.keys(compose.services).sort()).toEqual(names.sort())
  })

  it('names only files and volumes that are there', () => {
    for (const [name, { build, volumes = [], depends_on: needs = [] }] of services) {
      if (build) expect(isThere(build.dockerfile ?? 'Dockerfile')).toBe(true)
      for (const volume of volumes) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./deploy')) expect(isThere(source), `${name}: ${source}`).toBe(true)
        else if (!source.startsWith('.')) expect(compose.volumes).toHaveProperty(source)
      }
      for (const other of Array.isArray(needs) ? needs : Object.keys(needs)) {
        expect(compose.services).toHaveProperty(other)
      }
    }
  })

  it('takes nothing from its surroundings that .env.example does not name', () => {
    const named = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)
    const described = [...variables.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name)
    expect([...new Set(named)].sort()).toEqual([...new Set(described)].sort())
  })

  it('has no password of its own', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([key]) => /PASSWORD|TOKEN|DATABASE_URL/.test(key)),
    )
    expect(secrets.length).toBeGreaterThan(3)
    for (const [key, value] of secrets) expect(value, key).toMatch(/\$\{[A-Z_]+:\?/)
  })

  it('gives its own services no right they do not need', () => {
    expect(own.length).toBe(5)
    for (const [name, { read_only, cap_drop, security_opt }] of own) {
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
    for (const [name, { command = ['train'] }] of own) {
      expect(findCommand(commandTable, command).kind, name).toBe('command')
    }
  })
}
