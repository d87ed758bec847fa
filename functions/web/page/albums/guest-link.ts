import type { PageConfig } from '../../../../shared/contract/page-config.ts'

/** The address that opens an album for guests, on their devices. */
export const guestLink = (albumId: string, { public_api_base }: PageConfig): string =>
  new URL(`/a/${albumId}`, new URL(public_api_base, location.href)).href

/** Whether only the server's own machine can open such links. */
export const areOnlyHere = ({ public_api_base }: PageConfig): boolean =>
  /^(localhost|127\.|\[::1\])/.test(new URL(public_api_base, location.href).hostname)
