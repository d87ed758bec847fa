import type { Attack } from './attack.ts'
import { bodies } from './bodies.ts'
import { google } from './google.ts'
import { images } from './images.ts'
import { json } from './json.ts'
import { manyScans } from './many-scans.ts'
import { privacy } from './privacy.ts'
import { rates } from './rates.ts'
import { sockets } from './sockets.ts'

/** Everything that is tried, cheapest first. */
export const ATTACKS: readonly Attack[] = [privacy, google, rates, json, sockets, bodies, manyScans, images]
