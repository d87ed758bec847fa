import { type GoogleDriveOptions, googleDrive } from '../../../../shared/drive/google/drive.ts'
import type { Clock } from '../../../../shared/drive/google/pacer.ts'
import type { Drive } from '../../../../shared/drive/port.ts'
import { type DriveServer, startDriveServer } from '../../../fakes/drive/server.ts'

export const TOKEN = 'ya29.the-token-of-the-guest'

/** A clock that does not wait: a sleep moves the time on and is noted. */
export interface TestClock extends Clock {
  sleeps: number[]
}

export function testClock(): TestClock {
  let now = 0
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      sleeps.push(ms)
      now += ms
    },
  }
}

export interface OpenGoogle {
  server: DriveServer
  drive: Drive
  clock: TestClock
}

/** The adapter on the stand-in server, which knows TOKEN; pauses take no time. */
export async function openGoogle(
  options: Partial<GoogleDriveOptions> & { pageLimit?: number } = {},
): Promise<OpenGoogle> {
  const { pageLimit, ...others } = options
  const server = await startDriveServer({ pageLimit })
  server.addToken(TOKEN)
  const clock = testClock()
  return { server, clock, drive: googleDrive({ apiRoot: server.url, backoffMs: 1, clock, ...others }) }
}

export const bytes = (text: string) => new TextEncoder().encode(text)
