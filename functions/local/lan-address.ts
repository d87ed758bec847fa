import { networkInterfaces } from 'node:os'

/** This machine's address in the local network, the one that other devices in it can reach; undefined without one. */
export function lanAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  return addresses.find((address) => PRIVATE.test(address)) ?? addresses[0]
}

/** RFC 1918, what routers give out. Containers' networks mostly lie in 172.16.0.0/12, so that range is no sign. */
const PRIVATE = /^(192\.168|10)\./
