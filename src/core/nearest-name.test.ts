import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

describe('nearestName', () => {
  const keys = ['learning_rate', 'batch_size', 'epochs', 'optimizer.name', 'seed']

  it.each([
    ['learning_rte', 'learning_rate'],
    ['Epochs', 'epochs'],
    ['sede', 'seed'],
    ['batchsize', 'batch_size'],
    ['optimiser.name', 'optimizer.name'],
  ])('finds the typo in %s', (name, wanted) => {
    expect(nearestName(name, keys)).toBe(wanted)
  })

  it('suggests nothing for a name that is not a typo of any', () => {
    expect(nearestName('temperature', keys)).toBeUndefined()
    expect(nearestName('xyz', keys)).toBeUndefined()
    expect(nearestName('xy', ['lr', 'ab'])).toBeUndefined()
    expect(nearestName('seed', [])).toBeUndefined()
  })

  it('takes the nearest, and the first of equally near ones', () => {
    expect(nearestName('cnn', ['cn', 'cnns', 'cnn'])).toBe('cnn')
    expect(nearestName('cnn', ['cnx', 'cny'])).toBe('cnx')
  })

  it('counts a swapped pair as one edit', () => {
    expect(nearestName('ab', ['bx', 'ba'])).toBe('ba')
  })
})
