import type { PageConfig } from '../../../../shared/contract/page-config.ts'
import type { AppContext } from '../app-context.ts'
import { loadAccount } from '../find/stored.ts'
import type { Photo } from './photo.ts'

/** URLs of a photo. */
export interface PhotoLinks {
  /** The original, if this page may show it as it is. */
  shown: string | undefined
  /** The original, for this device. */
  download: string
  /** The original, for another device. */
  elsewhere: string
  /** The photo's page in Drive. */
  drive: string | undefined
}

export function photoLinks(photo: Photo, { api_base, public_api_base, google }: PageConfig): PhotoLinks {
  const { file_id, download_url, album_id, scan } = photo
  // A link can bring the key of an album's photo in no other way.
  const link = album_id === undefined ? download_url : `${download_url}&key=${scan.scan_key}`
  // This device may reach the server under another host name than its public one, which may have changed since the search.
  const path = google && album_id === undefined ? undefined : /\/api\/v1(\/.*)$/.exec(link)?.[1]
  const elsewhere = path === undefined ? link : public_api_base + path
  const download = path === undefined ? link : api_base + path
  const fromDrive = google && album_id === undefined
  return {
    shown: google || album_id !== undefined ? undefined : download,
    download,
    elsewhere,
    drive: fromDrive ? `https://drive.google.com/file/d/${encodeURIComponent(file_id)}/view` : undefined,
  }
}

/** URL of a PNG with the QR code of a link; `size` in pixels. */
export function qrCode(link: string, size: number, { api_base }: PageConfig): string {
  return `${api_base}/drive/qr?${new URLSearchParams({ url: link, size: String(size) })}`
}

/**
 * Fetches the original: of an album with the key of the search, from Google with the guest's token, because pages of other
 * sites cannot read Google's download links. Rejects if the response is an error.
 */
export async function fetchOriginal(
  photo: Photo,
  { client, config }: AppContext,
  signal: AbortSignal,
): Promise<Blob> {
  const { album_id, file_id, scan } = photo
  if (album_id !== undefined) return client.albums.photo(album_id, file_id, scan, { signal })
  const token = loadAccount()?.access_token
  const [address, headers] = config.google
    ? [
        `${config.google_api_root}/drive/v3/files/${encodeURIComponent(file_id)}?alt=media&supportsAllDrives=true`,
        { Authorization: `Bearer ${token}` },
      ]
    : [photoLinks(photo, config).download, {}]
  const response = await fetch(address, { headers, signal })
  if (!response.ok) throw new Error(`${response.status}`)
  return response.blob()
}
