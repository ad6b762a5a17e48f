import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { composeConfig } from './compose-config.ts'
import { configKeys } from './schema-keys.ts'

describe('configKeys', () => {
  const keys = configKeys()

  it('describes every key that a configuration holds', async () => {
    const options = {
      cwd: '/nonexistent',
      env: {},
      packageConf: resolve(import.meta.dirname, '../../conf'),
    }
    const groups = ['data=fashion-mnist', 'data=sketch', 'data=folder']
    const composed = await Promise.all(
      groups.map((group) => {
        const path = group === 'data=folder' ? ['data.path=photos'] : []
        return composeConfig([group, ...path], options)
      }),
    )
    // what lies in a map of the user's own names is described with the map
    const maps = keys.filter(({ type }) => type.startsWith('object')).map(({ key }) => key)
    const described = (key: string) => maps.find((map) => key.startsWith(`${map}.`)) ?? key
    const used = new Set(
      composed.flatMap(({ provenance }) => provenance.map(({ key }) => described(key))),
    )
    // what is null by default has keys below it that no default sets
    const isUnset = (key: string) => [...used].some((name) => key.startsWith(`${name}.`))
    const isEmptyMap = (key: string) => maps.includes(key) && !used.has(key)
    const set = keys.map(({ key }) => key).filter((key) => !isUnset(key) && !isEmptyMap(key))
    expect([...used].sort()).toEqual(set.sort())
  })

  it('gives each a type and a sentence', () => {
    expect(keys.filter(({ type, description }) => !type || !description.endsWith('.'))).toEqual([])
    const type = (key: string) => keys.find((entry) => entry.key === key)?.type
    expect(type('seed')).toBe('integer ≥ 0')
    expect(type('model.dropout')).toBe('number ≥ 0 and < 1 | null')
    expect(type('optimizer.momentum')).toBe('number from 0 to 1')
    expect(type('augmentation.erase_area')).toBe('[number from 0 to 1, number from 0 to 1]')
  })
})
