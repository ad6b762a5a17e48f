/** What `load` makes of each item, in their order, with so many of them under way at once. */
export async function* readAhead<Item, Result>(
  items: readonly Item[],
  width: number,
  load: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = []
  for (let at = 0; at < items.length; at++) {
    while (started.length < Math.min(items.length, at + width)) {
      const next = load(items[started.length]!)
      // it is told when its turn comes; until then nobody listens
      next.catch(() => {})
      started.push(next)
    }
    yield await started[at]!
  }
}
