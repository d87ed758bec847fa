import type { ScanHandle } from '../../../../shared/client/client.ts'
import type { MatchEvent, SuggestionEvent } from '../../../../shared/contract/events.ts'

/** How certain a photo shows the guest: as its event says, or as the guest has. */
type Certainty = MatchEvent['certainty'] | SuggestionEvent['certainty'] | 'confirmed'

/** A photo that shows the guest or may, with the scan whose key opens its thumbnail. */
export interface Photo
  extends Pick<MatchEvent, 'file_id' | 'file_name' | 'download_url' | 'distance' | 'box' | 'image'> {
  certainty: Certainty
  scan: ScanHandle
  /** The album that it was found in, whose originals need the key as well. */
  album_id?: string
}

/** A server of before does not say how certain a match is. */
export function toPhoto(event: MatchEvent | SuggestionEvent, scan: ScanHandle): Photo {
  return { ...event, certainty: event.certainty ?? 'likely', scan }
}

/** Appends new photos. Known photos that are found again keep their place and take the newer scan's key. */
export function mergePhotos(known: Photo[], found: Iterable<Photo>): Photo[] {
  const photos = new Map(known.map((photo) => [photo.file_id, photo]))
  for (const photo of found) photos.set(photo.file_id, photo)
  return [...photos.values()]
}
