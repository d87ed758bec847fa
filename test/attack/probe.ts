import { Agent, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks the server named by the first argument for /health, and in turn with it a bare server in this process, until the parent
 * says stop. Then sends both lists of latencies in milliseconds.
 */
const agent = new Agent({ keepAlive: true })
const server = createServer((_, response) => response.end('ok'))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const bareUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
const healthUrl = `${process.argv[2]}/health`

// The attacker has ended without a word.
process.once('disconnect', () => process.exit())

let stopped = false
process.once('message', () => {
  stopped = true
})

const latency = (url: string) =>
  new Promise<number>((resolve) => {
    const start = performance.now()
    const done = () => resolve(performance.now() - start)
    // A refusal counts as an answer that never comes.
    get(url, { agent, timeout: 60_000 }, (response) => {
      const right = response.statusCode === 200
      response.resume().once('end', () => (right ? done() : resolve(Infinity)))
    }).once('error', () => resolve(Infinity))
  })

await latency(healthUrl)
const health: number[] = []
const bare: number[] = []
process.send?.('ready')
do {
  health.push(await latency(healthUrl))
  bare.push(await latency(bareUrl))
  await sleep(20)
} while (!stopped)
process.send?.({ health, bare })
