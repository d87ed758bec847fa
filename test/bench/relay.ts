import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { updatesRelay, WEBSOCKET_ONLY } from '../../functions/relay/updates.ts'
import { createLog } from '../../shared/platform/log.ts'
import { newScanKey } from '../../shared/scan/secrets/scan-key.ts'
import { GROUP_SIZE } from '../../shared/store/port.ts'
import { openDatabase } from '../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../shared/store/sqlite/store.ts'
import { driveFiles, inGroups, match, newScan, progress, started } from '../shared/store/samples.ts'
import { check, round } from './measure.ts'
import type { ReplayResult, ReplayTask } from './relay-clients.ts'

/** Replays a scan to many sockets at once, as after a restart of the server, and watches the event loop meanwhile. */
export async function benchRelay(options: {
  events: string
  sockets: string
  json?: boolean
}): Promise<void> {
  const [events, sockets] = [Number(options.events), Number(options.sockets)]
  const dir = await mkdtemp(join(tmpdir(), 'bench-relay-'))
  const store = sqliteStore(openDatabase(dir))
  const { key, hash } = newScanKey()
  const scan = { ...newScan(Date.now(), events), key_hash: hash }
  const { scan_id } = scan
  const groups = inGroups(driveFiles(events))
  await store.scans.create(scan, groups, started(scan))
  for (const [group, files] of groups.entries()) {
    const all = files.map(({ id }, i) =>
      i % (GROUP_SIZE / 10) === 0 ? match(scan_id, id) : progress(scan_id, id),
    )
    await store.scans.append(scan_id, group, all)
  }
  const relay = updatesRelay({
    scans: store.scans,
    albums: store.albums,
    log: createLog('silent'),
    allowedOrigins: [],
    broadcast: false,
  })
  const http = createServer(WEBSOCKET_ONLY).on('upgrade', relay.upgrade).listen(0, '127.0.0.1')
  await once(http, 'listening')

  const clients = fork(new URL('./relay-clients.ts', import.meta.url))
  const { port } = http.address() as AddressInfo
  const path = `/api/v1/ws/updates?scan_id=${scan_id}&after=&key=${key}`
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const before = process.cpuUsage()
  clients.send({ port, path, sockets, events: events + 1 } satisfies ReplayTask)
  const [result] = (await once(clients, 'message')) as [ReplayResult]
  delay.disable()
  const { user, system } = process.cpuUsage(before)
  check(
    result.received.every((count) => count === events + 1),
    'every socket receives every event',
  )
  check(result.inOrder, 'the events arrive in order')

  clients.kill()
  await relay.close()
  http.close()
  await store.close()
  await rm(dir, { recursive: true })
  const figures = {
    sockets,
    events,
    s: round(result.ms / 1000, 2),
    'processor s of the relay': round((user + system) / 1e6, 2),
    'longest pause of the event loop, ms': round(delay.max / 1e6),
  }
  if (options.json) console.log(JSON.stringify(figures))
  else console.table([figures])
}
