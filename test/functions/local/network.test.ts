import { afterEach, expect, test } from '@jest/globals'
import { ListenError } from '../../../functions/local/listen.ts'
import { followNetwork, type NetworkOptions } from '../../../functions/local/network.ts'
import { startServer } from '../../../functions/local/server.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { temporaryDir } from '../../temporary-dir.ts'

type Interfaces = ReturnType<NonNullable<NetworkOptions['interfaces']>>

const at = (address: string, internal = false) => [
  { address, internal, family: 'IPv4' as const, netmask: '', mac: '', cidr: null },
]
const lo = at('127.0.0.1', true)

const dir = await temporaryDir()
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A machine whose networks and clock the test moves. */
function machine(first: Interfaces) {
  let [networks, time] = [first, 0]
  const moves: string[] = []
  const options = { interfaces: () => networks, now: () => time }
  return {
    moves,
    options,
    /** A second later. */
    has(next: Interfaces) {
      networks = next
      time += 1_000
    },
    follow(wanted?: string) {
      const moved: NetworkOptions['moved'] = ({ address }) => void moves.push(address)
      const network = followNetwork({ ...options, wanted, moved })
      ends.push(network.stop)
      return () => network.current()?.address
    },
  }
}

test('of several addresses, links carry that of a real network', () => {
  const best = (interfaces: Interfaces) => machine(interfaces).follow()()
  expect(best({ lo })).toBeUndefined()
  expect(best({ lo, eth0: at('169.254.3.4') })).toBeUndefined()
  const home = at('192.168.1.5')
  expect(best({ virbr0: at('192.168.122.1'), docker0: at('172.17.0.1'), wlan0: home })).toBe('192.168.1.5')
  expect(best({ tailscale0: at('10.64.0.1'), wlan0: at('172.20.10.2') })).toBe('172.20.10.2')
  expect(best({ docker0: at('172.17.0.1') })).toBe('172.17.0.1')
})

test('an address is kept as long as it is there, and one that is gone until there is another', () => {
  const { has, follow, moves } = machine({ wlan0: at('10.0.0.5') })
  const current = follow()
  has({ eth0: at('192.168.1.2'), wlan0: at('10.0.0.5') })
  expect(current()).toBe('10.0.0.5')
  has({ lo })
  expect(current()).toBe('10.0.0.5')
  has({ eth0: at('192.168.1.2'), wlan0: at('10.0.0.6') })
  expect(current()).toBe('10.0.0.6')
  has({ eth0: at('192.168.1.2') })
  expect(current()).toBe('192.168.1.2')
  expect(moves).toEqual(['10.0.0.6', '192.168.1.2'])
})

test('the network that was asked for stays the one, by its name or its address', () => {
  for (const wanted of ['wlan0', '10.0.0.5']) {
    const { has, follow } = machine({ eth0: at('192.168.1.2'), wlan0: at('10.0.0.5') })
    const current = follow(wanted)
    expect(current()).toBe('10.0.0.5')
    has({ eth0: at('192.168.1.2') })
    expect(current()).toBe('10.0.0.5')
    has({ eth0: at('192.168.1.2'), wlan0: at('10.0.0.6') })
    expect(current()).toBe('10.0.0.6')
  }
  expect(() => machine({ eth0: at('192.168.1.2') }).follow('wlan0')).toThrow(
    new ListenError('this machine is in no network wlan0; it has eth0 (192.168.1.2)'),
  )
})

test('a server that runs makes its links with the address that the machine has by then', async () => {
  const { has, options } = machine({ eth0: at('10.0.0.5'), wlan0: at('192.168.7.5') })
  const moves: string[] = []
  const config = parseConfig({ DATA_DIR: dir, PORT: '0', HOST: '0.0.0.0', MATCH_CONCURRENCY: '1' })
  const server = await startServer(config, {
    log: createLog('silent'),
    photosDir: dir,
    network: { ...options, wanted: 'wlan0' },
    moved: (url) => void moves.push(url),
  })
  ends.push(server.close)
  const { port } = new URL(server.url)
  expect(server.url).toBe(`http://192.168.7.5:${port}`)
  expect(server.networks.map(({ name }) => name)).toEqual(['wlan0', 'eth0'])

  async function linkOfUpload() {
    const form = new FormData()
    const gif = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAUwAOw==', 'base64')
    form.set('file', new Blob([new Uint8Array(gif)]), 'dot.gif')
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/drive/upload`, { method: 'POST', body: form })
    const { page_url, download_link } = await answer.json()
    return [new URL(page_url).hostname, new URL(download_link).hostname]
  }
  expect(await linkOfUpload()).toEqual(['192.168.7.5', '192.168.7.5'])
  has({ wlan0: at('192.168.7.9') })
  expect(await linkOfUpload()).toEqual(['192.168.7.9', '192.168.7.9'])
  const page = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json()
  expect(page.public_api_base).toBe(`http://192.168.7.9:${port}/api/v1`)
  expect(moves).toEqual([`http://192.168.7.9:${port}`])
})
