/** The content of an uploaded file, and where it was uploaded to. */
export interface UploadedContent {
  /** A Drive and a folder on it. */
  destination: string
  /** SHA-256 of the bytes, in hexadecimal. */
  sha256: string
}

/** Under which Drive id each content is uploaded, stored before its bytes go out: a repeated upload is the same file. */
export interface UploadStore {
  /** Reserves the id for the content, unless one is. Returns the one that is reserved: the same for all who ask at a time. */
  reserve(content: UploadedContent, fileId: string): Promise<string>
  get(content: UploadedContent): Promise<string | undefined>
  /** Reserves another id instead: the file of the former was deleted for good. */
  replace(content: UploadedContent, fileId: string): Promise<void>
}
