import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'

/**
 * googleapis' Drive. It knows no account, so one serves them all. Loading it takes a good part of a function's start:
 * import this file where it is called.
 */
export const drive = new drive_v3.Drive({})
