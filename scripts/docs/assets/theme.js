// before the first paint, so that a chosen theme does not flash the other one
try {
  const chosen = localStorage.getItem('atelier-docs-theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // storage may be forbidden: the system's theme it is
}
