import { openFace } from '../../shared/platform/wiring/adapters.ts'
import { check, round, takeTurns } from './measure.ts'
import { matchCount, openScanBench } from './scan-server.ts'

/** Compares a scan through the whole server with the face engine alone on the same photos, in turns. */
export async function benchScan({ files, json }: { files: string; json?: boolean }): Promise<void> {
  const count = Number(files)
  const bench = await openScanBench(count)
  const face = await openFace(bench.config)
  await face.ready()

  const engine = () =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const photo = bench.photos[index % bench.photos.length]
        // One photo of the album is damaged, which is an error in the scan too.
        if (photo) await face.analyse(photo, { kind: 'photo', thumbnail: true }).catch(() => {})
      }),
    )
  const scan = async () => {
    await bench.forget()
    const { events } = await bench.scan(bench.selfies[0])
    check(matchCount(events) > 0, 'the person of the selfie is found')
  }
  const times = await takeTurns({ engine, scan }, 5)
  await face.close()
  await bench.close()

  const perSecond = (milliseconds: number) => round((count / milliseconds) * 1000)
  const figures = {
    files: count,
    workers: bench.config.MATCH_CONCURRENCY,
    'scan, files/s': perSecond(times.scan.wall),
    'engine alone, files/s': perSecond(times.engine.wall),
    'scan / engine': round(times.engine.wall / times.scan.wall, 2),
    'the same in CPU': round(times.engine.cpu / times.scan.cpu, 2),
  }
  if (json) console.log(JSON.stringify(figures))
  else console.table([figures])
}
