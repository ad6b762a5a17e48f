import { describe, expect, it } from 'vitest'
import { cameraProblem } from './camera.ts'

describe('cameraProblem', () => {
  it('tells a missing permission, a missing camera and a busy one apart', () => {
    const names = ['NotAllowedError', 'NotFoundError', 'NotReadableError'] as const
    const titles = names.map((name) => cameraProblem(name, true).title)
    expect(new Set(titles).size).toBe(3)
    expect(cameraProblem('OddError', true).help).toContain('OddError')
  })

  it('blames the connection only where it is to blame', () => {
    expect(cameraProblem(undefined, false).help).toContain('https')
    expect(cameraProblem(undefined, true).help).not.toContain('https')
  })
})
