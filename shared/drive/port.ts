import type { Readable } from 'node:stream'
import type { Authorisation } from '../contract/album.ts'

/** A folder named by a link. Links to items shared before 2021 have a `resource_key`. */
export interface FolderRef {
  id: string
  resource_key?: string
}

export interface FileRef {
  id: string
  resource_key?: string | undefined
}

/** One image of a folder, as stored in the manifest of a scan. */
export interface DriveFile {
  id: string
  name: string
  mime_type: string
  /** Changes with the content: Drive's md5Checksum, or a hash of size and modification time for a local file. */
  md5?: string
  /** Bytes. */
  size?: number
  resource_key?: string
}

export interface ListOptions {
  /** Include subfolders at any depth, each folder once. */
  recursive: boolean
  /** If there are more images than this, the listing rejects with `too_many_files`. */
  maxFiles: number
  /** Called with each image as it is found, where listing takes time. */
  found?: (file: DriveFile) => void
  signal?: AbortSignal
}

/**
 * Where the photos are. Every call takes the access token of the person who scans.
 *
 * All calls reject with AppError: `token_expired` if the token is refused (never retried), `drive_forbidden` if
 * Google refuses access for another reason, `drive_quota_exceeded` if the download quota is used up,
 * `drive_unavailable` once the retries have failed, `busy` where a rate limit lasts longer than it is worth waiting in
 * place. Calls retry transport faults and 5xx up to 3 times themselves;
 * rate limits delay all calls of the process and do not count as retries.
 */
export interface Drive {
  /** The folder a link names; throws `invalid_link`. Makes no call. */
  parseLink(link: string): FolderRef
  /** Rejects with `token_expired` if the token is not accepted, `forbidden` if it is another application's. Cheap. */
  checkAccess(accessToken: string): Promise<void>
  /**
   * The folder's images, each id once, trash excluded, shortcuts resolved to their targets, in no particular order.
   * Rejects with `folder_not_found` if the folder does not exist, is not shared, or is not a folder.
   */
  listImages(folder: FolderRef, accessToken: string, options: ListOptions): Promise<DriveFile[]>
  /**
   * The file's bytes. Rejects with `file_not_found` if it no longer exists, `image_too_large` above the adapter's byte
   * limit.
   */
  download(file: DriveFile, accessToken: string, signal?: AbortSignal): Promise<Uint8Array>
  /** Where a person downloads the original; with the resource key, without which an old link opens nothing. Makes no call. */
  downloadUrl(file: FileRef): string
}

/** Bytes to be uploaded, readable more than once so that an upload can resume after a fault. */
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
 * remedy: `uploader_not_authorized` if there are no usable credentials, `uploader_client_wrong`,
 * `uploader_scope_missing`, `drive_api_disabled`, `folder_not_found`, `folder_not_writable`, `folder_full`,
 * `drive_sharing_forbidden` if an organisation's rules forbid links for outsiders, `drive_quota_exceeded`,
 * `drive_unavailable`. Calls retry faults themselves, as in `Drive`.
 */
export interface UploadDrive {
  /** An id for a future file: uploading under it twice creates one file. */
  reserveId(): Promise<string>
  /**
   * Stores the file under the reserved id and makes it readable for anyone with the link, and verifies that. Repeatable: a
   * file that already exists under this id is only made public, or, with `replace`, given these bytes, this name and
   * this type, so that links to it stay valid; otherwise it is created. A file in the trash is restored.
   *
   * Without `folderId` the file goes to the top folder. Rejects with `folder_not_found` if the folder does not exist,
   * and with `file_not_found` if the file under this id was permanently deleted, which uses the id up, or if the id
   * belongs to another drive.
   */
  upload(
    source: UploadSource,
    fileId: string,
    folderId: string | undefined,
    options?: { replace?: boolean },
  ): Promise<void>
  /** Where a person views the file, and where they download it. Makes no call. */
  links(fileId: string): { drive_link: string; download_link: string }
  /**
   * A picture for whoever has its link. Rejects with `file_not_found` for anything that was not uploaded from here, is in the
   * trash, or is not readable any more for anyone with the link.
   */
  picture(fileId: string): Promise<UploadedPicture>
}

export interface UploadedPicture {
  name: string
  mime_type: string
  /** Bytes. */
  size: number
  /** Changes with the content. */
  version: string
  /** The bytes; rejects as `Drive.download`. */
  read(signal?: AbortSignal): Promise<Uint8Array>
}

/** Bytes of an original on their way to a person. */
export interface OriginalStream {
  /** 200, 206 for a part, or 304 where the person's copy is still the same. */
  status: 200 | 206 | 304
  /** Those that describe the bytes: Content-Length, Content-Range, Accept-Ranges, ETag, Last-Modified. */
  headers: Record<string, string>
  /** Null for 304. */
  body: ReadableStream<Uint8Array> | null
}

/**
 * The Drive as the organiser of an album sees it: the server renews the authorisation itself, so calls take no token. They
 * reject as those of `Drive` do, but with the codes of `UploadDrive` where the authorisation is missing or refused.
 */
export interface OrganiserDrive {
  readonly authorisation: Authorisation
  parseLink(link: string): FolderRef
  /** The folder's own name; undefined where it is not known. Rejects with `folder_not_found`. */
  folderName(folder: FolderRef): Promise<string | undefined>
  listImages(folder: FolderRef, options: ListOptions): Promise<DriveFile[]>
  download(file: DriveFile, signal?: AbortSignal): Promise<Uint8Array>
  /**
   * Streams an original, or the part that the headers `Range` and `If-None-Match` of the person's request ask for. Rejects with
   * `range_not_satisfiable` as well.
   */
  open(file: DriveFile, request: Headers, signal?: AbortSignal): Promise<OriginalStream>
  /**
   * Calls `changed` when watching has begun, since anything may have happened until then, and soon after anything in the folder
   * may have changed. Undefined where that is not told.
   */
  watch?(folder: FolderRef, recursive: boolean, changed: () => void): { stop(): void }
}
