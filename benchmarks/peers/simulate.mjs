// Decides the cases on standard input with @cloud-copilot/iam-simulate, again and again for some seconds.
// Prints {"rate": decisions a second, "decisions": one for each case}.
import { readFileSync } from 'node:fs'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const seconds = Number(process.argv[2] ?? 2)
const cases = JSON.parse(readFileSync(0, 'utf8'))
const words = { Allowed: 'allowed', ExplicitlyDenied: 'explicit_deny', ImplicitlyDenied: 'implicit_deny' }

const simulations = cases.map((each) => ({
  request: {
    principal: each.principal ?? anonymousPrincipal,
    action: 'execute-api:Invoke',
    resource: { resource: each.resource, accountId: each.account },
    contextVariables: each.context
  },
  identityPolicies: (each.identity_policies ?? []).map((policy, number) => ({ name: `identity-${number}`, policy })),
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  resourcePolicy: each.resource_policy,
  vpcEndpointPolicies: each.endpoint_policy ? [{ name: 'endpoint', policy: each.endpoint_policy }] : undefined
}))

const decisions = []
for (const simulation of simulations) {
  const answer = await runSimulation(simulation, {})
  decisions.push(words[answer.overallResult] ?? JSON.stringify(answer.errors ?? answer.overallResult))
}
let done = 0
const started = performance.now()
while (performance.now() - started < seconds * 1000) {
  await runSimulation(simulations[done % simulations.length], {})
  done += 1
}
console.log(JSON.stringify({ rate: (done * 1000) / (performance.now() - started), decisions }))
