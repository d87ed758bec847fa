import type { Readable } from 'node:stream'

/** A folder as a link names it. `resource_key` comes from links to items shared before 2021. */
export interface FolderRef {
  id: string
  resource_key?: string
}

/** One image of a folder, as the manifest of a scan keeps it. */
export interface DriveFile {
  id: string
  name: string
  mime_type: string
  /** Changes with the content: Drive's md5Checksum, or a fingerprint of size and mtime for a local file. */
  md5?: string
  /** Bytes. */
  size?: number
  resource_key?: string
}

export interface ListOptions {
  /** Also the folders below, at any depth; each folder once. */
  recursive: boolean
  /** More images than this reject with `too_many_files`. */
  maxFiles: number
  signal?: AbortSignal
}

/**
 * Where the photos are. Every call is made with the access token of the person who scans.
 *
 * All calls reject with AppError: `token_expired` when the token is refused (never retried), `drive_forbidden` when
 * Google refuses for another reason, `drive_quota_exceeded` for a used-up download quota, `drive_unavailable` when
 * the retries are used up. Transport faults and 5xx are retried up to 3 times inside; rate limits wait, shared by
 * all calls of the process, without using up tries.
 */
export interface Drive {
  /** The folder a link names; throws `invalid_link`. Makes no call. */
  parseLink(link: string): FolderRef
  /** Rejects with `token_expired` when the token is not accepted; one cheap call. */
  checkAccess(accessToken: string): Promise<void>
  /**
   * The folder's images, each id once, trash excluded, shortcuts resolved to their targets, in no promised order.
   * Rejects with `folder_not_found` when the folder is not there, not shared, or not a folder.
   */
  listImages(folder: FolderRef, accessToken: string, options: ListOptions): Promise<DriveFile[]>
  /**
   * The file's bytes. Rejects with `file_not_found` when it is gone, `image_too_large` above the adapter's byte
   * limit.
   */
  download(file: DriveFile, accessToken: string, signal?: AbortSignal): Promise<Uint8Array>
  /** Where a person downloads the original. Makes no call. */
  downloadUrl(fileId: string): string
}

/** Bytes to be uploaded, readable more than once so that an upload can go on after a fault. */
export interface UploadSource {
  name: string
  mime_type: string
  /** Bytes. */
  size: number
  /** The bytes from `offset` on. */
  open(offset: number): Readable
}

/**
 * Where finished images go, with the uploader's own credentials. All calls reject with AppError, whose message is the
 * remedy: `uploader_not_authorized` when there are no usable credentials, `uploader_client_wrong`,
 * `uploader_scope_missing`, `drive_api_disabled`, `folder_not_found`, `folder_not_writable`,
 * `drive_sharing_forbidden` when the rules of an organisation keep links inside of it, `drive_quota_exceeded`,
 * `drive_unavailable`. Faults are retried inside, as in `Drive`.
 */
export interface UploadDrive {
  /** An id for a file to come: creating it twice makes one file. */
  reserveId(): Promise<string>
  /**
   * Stores the file under the reserved id and makes it readable for anyone with the link, verified. Repeatable: a
   * file that is there already under this id is only made public, or with `replace` given these bytes, this name and
   * this type, so that links to it stay good; one that is not there yet is created either way. A file in the trash
   * comes back from it.
   *
   * `folderId` undefined is the place for files without a folder; `folder_not_found` when the folder is not there.
   * Rejects with `file_not_found` when the file under this id was deleted for good and its id serves no more, and
   * for an id of another drive.
   */
  upload(
    source: UploadSource,
    fileId: string,
    folderId: string | undefined,
    options?: { replace?: boolean },
  ): Promise<void>
  /** Where a person sees the file, and where they download it. Makes no call. */
  links(fileId: string): { drive_link: string; download_link: string }
}
