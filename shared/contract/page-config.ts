/** What the page needs to know at its start: `GET /config.json` next to the page. */
export interface PageConfig {
  /** URL of the API including the base path; only a path if the page's own server is the API. */
  api_base: string
  /**
   * URL of the API at the function that analyses selfies and starts scans; absent or null if they are called below `api_base`.
   * Firebase Hosting gives up on a request after 60 seconds, a function's own address does not.
   */
  scan_base?: string | null
  /** URL of the WebSocket; absent if it is below the API. */
  updates_url?: string
  /** The start of the `download_url` of files that the API serves. */
  public_api_base: string
  /** Whether guests sign in with Google; otherwise the photos are in a directory on the server. */
  google: boolean
  /** Google's API, from which originals are read with the guest's token. */
  google_api_root: string
  /** Folders of photos on the server, the top one first. Empty with Google. */
  albums: Album[]
  /** Maximum size in bytes of a file uploaded by the page. */
  largest_upload: number
}

export interface Album {
  /** Path below the top folder; empty for the top folder itself. */
  name: string
  /** Value for `drive_link`. */
  link: string
  /** Whether it has subfolders. */
  nested: boolean
}
