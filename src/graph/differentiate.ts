import { AtelierError } from '../core/index.ts'
import { add } from './build.ts'
import { type Application, gradientRules } from './gradients.ts'
import type { OpName } from './operators.ts'
import type { Node, Value } from './value.ts'

/**
 * Reverse-mode differentiation: the gradients of a scalar `loss` with respect to `targets`, as new
 * values of the same graph. Only paths from a target to the loss are differentiated.
 * @param seed the gradient of the loss with respect to itself, usually the constant 1.
 */
export function differentiate(loss: Value, targets: readonly Value[], seed: Value): Value[] {
  const order = topologicalOrder([loss])
  const relevant = nodesBelow(order, new Set(targets.map(({ node }) => node)))
  const gradients = new Map<Node, (Value | undefined)[]>()
  accumulate(gradients, loss, seed)
  for (const node of order.toReversed()) {
    const outputGradient = gradients.get(node)?.[0]
    if (outputGradient === undefined || !relevant.has(node)) continue
    const inputGradients = applyRule(node, outputGradient)
    for (const [i, gradient] of inputGradients.entries()) {
      const source = node.inputs[i]!
      if (gradient !== undefined && relevant.has(source.node))
        accumulate(gradients, source, gradient)
    }
  }
  return targets.map((target) => {
    const gradient = gradients.get(target.node)?.[target.index]
    if (gradient === undefined) {
      throw new AtelierError('INTERNAL', 'The loss does not depend on one of the parameters.')
    }
    return gradient
  })
}

/** Every node the outputs depend on, inputs before users. Iterative, for graphs of any depth. */
export function topologicalOrder(outputs: readonly Value[]): Node[] {
  const order: Node[] = []
  const visited = new Set<Node>()
  const stack = outputs.map(({ node }) => ({ node, expanded: false })).toReversed()
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.expanded) {
      order.push(top.node)
    } else if (!visited.has(top.node)) {
      visited.add(top.node)
      stack.push({ node: top.node, expanded: true })
      for (const { node } of top.node.inputs.toReversed()) {
        if (!visited.has(node)) stack.push({ node, expanded: false })
      }
    }
  }
  return order
}

function nodesBelow(order: readonly Node[], targets: ReadonlySet<Node>): ReadonlySet<Node> {
  const below = new Set<Node>(targets)
  for (const node of order) {
    if (node.inputs.some((input) => below.has(input.node))) below.add(node)
  }
  return below
}

function accumulate(
  gradients: Map<Node, (Value | undefined)[]>,
  value: Value,
  gradient: Value,
): void {
  const slots = gradients.get(value.node) ?? []
  const before = slots[value.index]
  slots[value.index] = before === undefined ? gradient : add(before, gradient)
  gradients.set(value.node, slots)
}

function applyRule(node: Node, outputGradient: Value): readonly (Value | undefined)[] {
  const rule = gradientRules[node.op]
  if (typeof rule === 'string') {
    throw new AtelierError('INTERNAL', `The operator ${node.op} is ${rule}.`)
  }
  const outputs = node.outputs.map((type, index) => ({ ...type, node, index }))
  const application = { inputs: node.inputs, attributes: node.attributes, outputs }
  return (rule as (a: Application<OpName>, dy: Value) => readonly (Value | undefined)[])(
    application,
    outputGradient,
  )
}
