import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pagesPlugin } from './pages-plugin.ts'

let folder = ''
let app: FastifyInstance
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-pages-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(
    join(folder, 'index.html'),
    '<meta name="atelier-served-by" content="ui" /><script src="./assets/a.js"></script>',
  )
  await writeFile(join(folder, 'assets/a.js'), 'export {}')
  await writeFile(join(folder, 'picture.png'), Buffer.from('89504e47', 'hex'))
  app = fastify()
  await app.register(pagesPlugin, { prefix: '/ui', folder, servedBy: 'service' })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

describe('pagesPlugin below a prefix', () => {
  it('tells the pages who serves them', async () => {
    const { body } = await app.inject('/ui/')
    expect(body).toContain('<meta name="atelier-served-by" content="service" />')
    expect(body).toContain('src="./assets/a.js"')
  })

  it('answers below the prefix only', async () => {
    expect((await app.inject('/ui/assets/a.js')).body).toBe('export {}')
    expect((await app.inject('/ui/picture.png')).headers['content-type']).toBe('image/png')
    expect((await app.inject('/ui/one/two')).body).toContain('src="../assets/a.js"')
    expect((await app.inject('/assets/a.js')).statusCode).toBe(404)
    expect((await app.inject('/ui/assets/gone.js')).statusCode).toBe(404)
  })

  it('sends an address without the last slash on, wherever a proxy has put it', async () => {
    const { statusCode, headers } = await app.inject('/ui')
    expect([statusCode, headers['location']]).toEqual([302, 'ui/'])
  })
})
