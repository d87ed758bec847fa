import { check, round } from './measure.ts'
import { matchCount, openScanBench } from './scan-server.ts'

/** Compares a second scan with another selfie, which reads all faces from the face cache, with the first scan. */
export async function benchCache({ files, json }: { files: string; json?: boolean }): Promise<void> {
  const count = Number(files)
  const bench = await openScanBench(count)
  const first = await bench.scan(bench.selfies[0])
  const second = await bench.scan(bench.selfies[1])
  const again = await bench.scan(bench.selfies[0])
  check(matchCount(second.events) > 0, 'the second person is found')
  check(
    matchCount(again.events) === matchCount(first.events),
    'a scan from the cache finds the same as the first one',
  )
  await bench.close()

  const figures = {
    files: count,
    'first scan, s': round(first.ms / 1000),
    'second scan, s': round(second.ms / 1000, 2),
    ratio: round(first.ms / second.ms),
  }
  if (json) console.log(JSON.stringify(figures))
  else console.table([figures])
}
