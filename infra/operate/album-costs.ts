import type { Inputs } from './inputs.ts'
import { PRICES } from './prices.ts'
import { bill } from './tables.ts'

/** Firestore operations, as `npm run bench -- cloud --files 300 --only album` counts them. */
const LISTING = { reads: 5, writes: 1 }
/** Besides an event for each 100 photos that are searched, and one for each that is found. */
const SEARCH = { reads: 2, writes: 5 }
const THUMBNAIL = { reads: 4 }
const ORIGINAL = { reads: 6 }

/** GB. */
const PHOTO = 0.004

/**
 * Prints what an album costs from its first photo to its end.
 *
 * @param instanceSeconds of face-match, for each photo
 */
export function albumBill(given: Inputs, instanceSeconds: number): void {
  const { run, firestore, pubsub, hosting } = PRICES
  const { 'album-photos': photos, days, guests, listing, search } = given
  const seconds = (count: number, each: number, { vcpus = 1, gib }: { vcpus?: number; gib: number }) =>
    count * (each * (vcpus * run.vcpuSecond + gib * run.gibSecond) + run.request)
  const operations = ({
    reads,
    writes = 0,
    deletes = 0,
  }: {
    reads: number
    writes?: number
    deletes?: number
  }) => reads * firestore.read + writes * firestore.write + deletes * firestore.delete

  const listings = days * 24 * 60
  const searches = guests * given.searches
  const found = guests * given.found
  const originals = guests * given.originals
  const events = searches * SEARCH.writes + guests * Math.ceil(photos / 100) + found
  const number = (value: number) => value.toLocaleString('en')

  console.log(`\nAn album of ${number(photos)} photos, ${days} days and ${guests} guests:\n`)
  bill(
    ['in all'],
    [
      ['face-match, indexing', seconds(photos, instanceSeconds, { vcpus: given.vcpus, gib: given.gib })],
      [
        'Firestore, indexing',
        operations({
          reads: photos * given['album-reads'],
          writes: photos * given['album-writes'],
          deletes: photos * given['album-deletes'],
        }),
      ],
      ['Pub/Sub, indexing', photos * 2 * pubsub.leastBytes * pubsub.byte],
      [`albums, ${number(listings)} listings of ${listing} s`, seconds(listings, listing, { gib: 1 })],
      [
        'Firestore, listings',
        operations({ reads: listings * LISTING.reads, writes: listings * LISTING.writes }),
      ],
      [`scan, ${number(searches)} searches of ${search} s`, seconds(searches, search, { gib: 2 })],
      [
        'Firestore, searches and what they found',
        operations({ reads: searches * SEARCH.reads + found, writes: events, deletes: events }),
      ],
      [
        `results, ${number(found)} thumbnails of 0.05 s`,
        seconds(found, 0.05, { gib: 0.5 }) + operations({ reads: found * THUMBNAIL.reads }),
      ],
      [
        `albums, ${number(originals)} originals of 2 s`,
        seconds(originals, 2, { gib: 1 }) + operations({ reads: originals * ORIGINAL.reads }),
      ],
      [`Hosting, ${number(originals * PHOTO)} GB`, originals * PHOTO * hosting.gb],
    ],
  )
}
