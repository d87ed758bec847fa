import type { Attack } from './attack.ts'
import { bodies } from './attacks/bodies.ts'
import { google } from './attacks/google.ts'
import { images } from './attacks/images.ts'
import { json } from './attacks/json.ts'
import { manyScans } from './attacks/many-scans.ts'
import { privacy } from './attacks/privacy.ts'
import { rates } from './attacks/rates.ts'
import { sockets } from './attacks/sockets.ts'

/** Everything that is tried, cheapest first. */
export const ATTACKS: readonly Attack[] = [privacy, google, rates, json, sockets, bodies, manyScans, images]
