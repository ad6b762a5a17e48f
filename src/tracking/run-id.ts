/** Short, distinct words that may stand in any folder name. */
const ADJECTIVES = words(`
  amber bold brave bright brisk calm clear clever cosy crisp deft eager early fair fleet fond
  fresh gentle glad golden grand green happy hardy humble keen kind late lively lucid lucky
  merry mild neat nimble noble patient plain polite proud quick quiet rapid ready rosy rustic
  sharp shy silver sleek smart snug solid spry steady still sunny swift tidy true vivid warm
  wise witty
`)
const ANIMALS = words(`
  badger bear beaver bee bison crane crow deer dove duck eagle egret elk falcon ferret finch
  fox gecko goose hare hawk heron ibex jackal jay koala lark lemur lion lynx magpie marten
  mole moose mouse newt ocelot orca osprey otter owl panda pike plover puffin quail rabbit
  raven robin salmon seal shrew sparrow squid stoat swan tapir tern toad trout vole weasel
  wolf wren
`)

/** `20261123-0531-cnn-quiet-otter`: UTC, so that names sort by time; `pick` draws below its bound. */
export function createRunId(now: number, label: string, pick: (bound: number) => number): string {
  const time = new Date(now).toISOString()
  const date = time.slice(0, 10).replaceAll('-', '')
  const minute = time.slice(11, 16).replace(':', '')
  const adjective = ADJECTIVES[pick(ADJECTIVES.length)]!
  const animal = ANIMALS[pick(ANIMALS.length)]!
  return [date, minute, slug(label), adjective, animal].filter((part) => part !== '').join('-')
}

/** What may stand in a folder name on every system, at most 40 letters. */
function slug(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
