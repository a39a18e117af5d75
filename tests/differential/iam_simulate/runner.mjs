// Reads one simulation a line, prints one result a line. A process of its own: the simulator is AGPL software,
// used in development only and never part of the package.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const entry = join(process.argv[2], 'node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js')
const { runSimulation, anonymousPrincipal } = await import(pathToFileURL(entry))

const lines = createInterface({ input: process.stdin })
for await (const line of lines) {
  const { id, simulation } = JSON.parse(line)
  if (simulation.request.principal === null) simulation.request.principal = anonymousPrincipal
  const started = process.hrtime.bigint()
  const answer = await runSimulation(simulation, {})
  const nanoseconds = Number(process.hrtime.bigint() - started)
  const result = answer.resultType === 'error' ? 'Error' : answer.overallResult
  const errors = answer.resultType === 'error' ? answer.errors : undefined
  process.stdout.write(JSON.stringify({ id, result, errors, nanoseconds }) + '\n')
}
