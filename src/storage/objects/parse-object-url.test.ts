import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { objectStoreOptionsFrom } from './object-store-options.ts'
import { openObjectUrl } from './open-object-store.ts'
import { parseStoreUrl } from './parse-object-url.ts'

describe('parseStoreUrl', () => {
  it.each([
    ['data/store', { kind: 'file', path: resolve('/work', 'data/store') }],
    ['/data', { kind: 'file', path: '/data' }],
    ['C:', { kind: 'file', path: resolve('/work', 'C:') }],
    ['file:///a/b%20c', { kind: 'file', path: '/a/b c' }],
    ['gs://bucket', { kind: 'gs', bucket: 'bucket', prefix: '' }],
    ['gs://bucket/', { kind: 'gs', bucket: 'bucket', prefix: '' }],
    [
      'GS://my_bucket.example.org/a b/',
      { kind: 'gs', bucket: 'my_bucket.example.org', prefix: 'a b' },
    ],
    ['s3://bucket/a%2Fb?c#d', { kind: 's3', bucket: 'bucket', prefix: 'a%2Fb?c#d' }],
    ['https://h/p?q=1#f', { kind: 'http', url: new URL('https://h/p?q=1') }],
  ])('reads %s', (text, place) => {
    expect(parseStoreUrl(text, '/work')).toEqual(place)
  })

  it.each([
    '',
    'a\0b',
    'ftp://host/path',
    'azure://container/x',
    'gs:bucket/x',
    'gs:/bucket/x',
    'gs://',
    's3:///x',
    's3://b!/x',
    's3://key:s3cret@bucket/x',
    's3://bucket/a/../b',
    'gs://bucket//x',
    'http:host',
    'https://',
    'file://host/share',
    'file:nowhere',
  ])('refuses %j without showing a secret', (text) => {
    const thrown = (() => {
      try {
        return parseStoreUrl(text)
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toMatchObject({ code: 'STORAGE_INVALID_URL', hint: expect.any(String) })
    expect(String(thrown)).not.toContain('s3cret')
  })
})

describe('openObjectUrl', () => {
  it.each(['gs://bucket', 'gs://bucket/', 's3://bucket/folder/'])(
    'refuses %s, which names no object',
    async (url) => {
      await expect(openObjectUrl(url)).rejects.toMatchObject({ code: 'STORAGE_INVALID_URL' })
    },
  )

  it('cuts an address into store and key', async () => {
    const options = { gs: { anonymous: true } }
    const deep = await openObjectUrl('gs://bucket/a/b/model.onnx', options)
    expect([deep.store.url, deep.key]).toEqual(['gs://bucket/a/b', 'model.onnx'])
    const flat = await openObjectUrl('gs://bucket/model.onnx', options)
    expect([flat.store.url, flat.key]).toEqual(['gs://bucket', 'model.onnx'])
    const web = await openObjectUrl('https://u:p@host/a/m%20x.onnx?token=s3cret')
    expect([web.store.url, web.key]).toEqual(['https://host/a/', 'm x.onnx'])
    const file = await openObjectUrl('a/b.bin', { cwd: '/nowhere' })
    expect([file.store.url, file.key]).toEqual(['/nowhere/a', 'b.bin'])
  })
})

describe('objectStoreOptionsFrom', () => {
  it('reads the usual environment variables', () => {
    const env = {
      STORAGE_EMULATOR_HOST: 'localhost:4443',
      GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
      AWS_ENDPOINT_URL: 'http://minio:9000',
      AWS_REGION: '',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_PROFILE: 'team',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
    }
    expect(objectStoreOptionsFrom(env)).toMatchObject({
      gs: { endpoint: 'http://localhost:4443', credentialsPath: '/key.json' },
      s3: {
        endpoint: 'http://minio:9000',
        region: 'eu-west-1',
        profile: 'team',
        accessKeyId: 'id',
        secretAccessKey: 'secret',
      },
    })
    expect(objectStoreOptionsFrom({ ...env, AWS_ENDPOINT_URL_S3: 'http://s3' }).s3?.endpoint).toBe(
      'http://s3',
    )
    expect(Object.values(objectStoreOptionsFrom({}).gs!)).toEqual([undefined, undefined])
  })
})
