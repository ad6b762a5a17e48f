/** For HEALTHCHECK: exit code 0 when the service in this container says that it is well. */
const port = process.env.PORT || process.argv[2]
try {
  const response = await fetch(`http://127.0.0.1:${port}/health`, {
    signal: AbortSignal.timeout(4000),
  })
  console.log(`${response.status} ${await response.text()}`)
  process.exitCode = response.ok ? 0 : 1
} catch (error) {
  console.log(String(error.cause ?? error))
  process.exitCode = 1
}
