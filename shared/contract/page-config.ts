/** What the page has to know before it can do anything: `GET /config.json` beside the page. */
export interface PageConfig {
  /** Address of the API up to and including the base path; a path where the page's own server answers. */
  api_base: string
  /** Address of the WebSocket; absent where it is below the API. */
  updates_url?: string
  /** What `download_url` of files served by the API begins with. */
  public_api_base: string
  /** Whether guests sign in with Google; otherwise photos come from a folder of the server. */
  google: boolean
  /** Where originals are read with the guest's own token. */
  google_api_root: string
  /** Folders of photos on the server, the one that holds all others first. Empty with Google. */
  albums: Album[]
  /** Bytes of one file that is handed out. */
  largest_upload: number
  /** Distance from which on two faces are different people. */
  match_distance: number
}

export interface Album {
  /** Path below the folder of photos; empty for the folder itself. */
  name: string
  /** Value for `drive_link`. */
  link: string
  /** Whether there are folders below it. */
  nested: boolean
}
