import { Hono } from 'hono'
import { type SearchDeps, searchAlbum } from '../../shared/albums/search.ts'
import { SearchAlbumRequest, type SearchAlbumResponse } from '../../shared/contract/album.ts'
import { selfieBody } from './selfie-body.ts'
import type { SelfieRequests } from './selfie-requests.ts'

/** POST /albums/{album_id}/search: here rather than with the other calls of albums, since it needs the face engine. */
export function albumSearchRoutes(deps: SearchDeps, selfies: SelfieRequests): Hono {
  const routes = new Hono()

  routes.post('/albums/:album_id/search', async (c) => {
    const request = await selfieBody(c, SearchAlbumRequest)
    return c.json<SearchAlbumResponse>(
      await selfies(() => searchAlbum(c.req.param('album_id'), request, deps)),
    )
  })

  return routes
}
