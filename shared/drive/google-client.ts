import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'

let client: Promise<drive_v3.Drive> | undefined

/** googleapis' Drive, loaded with the first call. It knows no account, so one serves them all. */
export function driveClient(): Promise<drive_v3.Drive> {
  client ??= import('googleapis/build/src/apis/drive/v3.js').then(({ drive_v3 }) => new drive_v3.Drive({}))
  return client
}
