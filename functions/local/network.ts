import { networkInterfaces } from 'node:os'
import { ListenError } from './listen.ts'

/** A network that this machine is in, by IPv4. */
export interface Network {
  /** Of the interface, such as wlan0. */
  name: string
  address: string
}

type Interfaces = ReturnType<typeof networkInterfaces>

/** Milliseconds for which what was seen counts: links are made by the hundred. */
const SEEN_FOR = 1_000
/** Milliseconds after which somebody looks although no link is made. */
const LOOK_EVERY = 5_000

export interface NetworkOptions {
  /** Name or address of the one that links carry; the best one if none is given. */
  wanted?: string | undefined
  interfaces?: () => Interfaces
  /** Milliseconds since 1970. */
  now?: () => number
  /** Called when links carry another address than before. */
  moved?: (network: Network) => void
}

export interface NetworkInUse {
  /** Whose address links carry; undefined until this machine has one. */
  current(): Network | undefined
  /** All of them, the best first. */
  all(): Network[]
  stop(): void
}

/**
 * Follows this machine's address in the network, which changes with another network, or a router that gives out another one.
 * As long as it is there it is kept, and one that is gone until there is another. Throws ListenError where the one that
 * is wanted is not there.
 */
export function followNetwork({
  wanted,
  interfaces = networkInterfaces,
  now = Date.now,
  moved,
}: NetworkOptions): NetworkInUse {
  let seenAt = now()
  let all = networksOf(interfaces())
  const isWanted = ({ name, address }: Network) => wanted === undefined || [name, address].includes(wanted)
  let current = all.find(isWanted)
  if (wanted !== undefined && !current) {
    const known = all.map(({ name, address }) => `${name} (${address})`).join(', ')
    throw new ListenError(`this machine is in no network ${wanted}; it has ${known || 'none'}`)
  }
  /** A chosen one is the same network also when its address changes. */
  const chosen = wanted === undefined ? undefined : current?.name

  function look(): void {
    if (now() - seenAt < SEEN_FOR) return
    seenAt = now()
    all = networksOf(interfaces())
    if (all.some(({ address }) => address === current?.address)) return
    const next =
      all.find(({ name }) => name === (chosen ?? current?.name)) ??
      (chosen === undefined ? all[0] : undefined)
    if (!next) return
    current = next
    moved?.(next)
  }

  const timer = setInterval(look, LOOK_EVERY).unref()
  return {
    current() {
      look()
      return current
    },
    all: () => all,
    stop: () => clearInterval(timer),
  }
}

/** Real networks before those of containers, virtual machines and tunnels. */
function networksOf(interfaces: Interfaces): Network[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(
        ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
      )
      .map(({ address }) => ({
        name,
        address,
        rank: (VIRTUAL.test(name) ? 2 : 0) + (PRIVATE.test(address) ? 0 : 1),
      })),
  )
  return found.toSorted((a, b) => a.rank - b.rank).map(({ name, address }) => ({ name, address }))
}

const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|tun|tap|utun|wg|tailscale|zt)/i

/** RFC 1918, as home routers assign. 172.16.0.0/12 is left out because container networks mostly lie there. */
const PRIVATE = /^(192\.168|10)\./
