/** What the server answered about the guest's own searches, for when it cannot be reached. */

const RESULTS = 'results'
/** When the server deletes the answer's source, in milliseconds since 1970. */
const UNTIL = 'x-kept-until'
/** Milliseconds for which the server keeps the results of a search. */
const LIFETIME = 3_600_000

/** Status, matches and the search itself, and the album that it was in. Pictures are in the browser's own cache. */
const ABOUT = /^\/api\/v1\/(?:scan|albums)\/([^/]+)(?:\/(?:status|matches))?$/
const MATCHES = /\/matches$/
const ALBUM = /\/albums\/[^/]+$/

/** The id of the search or album that a call is about; undefined for any other call. */
export const searchOf = (path: string): string | undefined => ABOUT.exec(path)?.[1]

/**
 * Keeps an answer about a search of which this browser has the key, no longer than the server does: its matches, and its status once
 * there are matches. What the server no longer has is deleted here too.
 */
export async function keep(request: Request, response: Response): Promise<void> {
  const { pathname } = new URL(request.url)
  const search = searchOf(pathname) ?? ''
  if (response.status === 403 || response.status === 404 || response.status === 410) return forget(search)
  if (!response.ok) return
  const results = await caches.open(RESULTS)
  const isOwn = MATCHES.test(pathname) && request.headers.has('authorization')
  const known = isOwn || ALBUM.test(pathname) ? Date.now() + LIFETIME : await untilOf(results, search)
  if (known === undefined) return
  const expires = Date.parse(response.headers.get('expires') ?? '')
  const until = Number.isNaN(expires) ? known : Math.min(known, expires)
  const headers = { 'Content-Type': 'application/json', [UNTIL]: String(until) }
  // The page says that there is no connection where it gets an album from here.
  const answer = { ...(await response.clone().json()), ...(ALBUM.test(pathname) && { offline: true }) }
  await results.put(request.url, new Response(JSON.stringify(answer), { headers }))
  // It was on its way when the guest deleted the search.
  if (erased.has(search)) await forget(search)
}

/** The answer to the same call as it was last; undefined where there is none. */
export async function kept(request: Request): Promise<Response | undefined> {
  const known = await (await caches.open(RESULTS)).match(request.url)
  return known && isCurrent(known) ? known : undefined
}

/** Searches that the guest has deleted. */
const erased = new Set<string>()

/** Deletes what is kept about a search, `forGood` also what is still on its way. */
export async function forget(search: string, { forGood = false } = {}): Promise<void> {
  if (forGood) erased.add(search)
  await remove(async (results) => (await results.keys()).filter(({ url }) => isAbout(url, search)))
}

/** Deletes what the server has deleted by now. */
export async function sweep(): Promise<void> {
  await remove(async (results) => {
    const all = await results.keys()
    const answers = await Promise.all(all.map((request) => results.match(request)))
    return all.filter((_, index) => !answers[index] || !isCurrent(answers[index]))
  })
}

async function remove(which: (results: Cache) => Promise<readonly Request[]>): Promise<void> {
  const results = await caches.open(RESULTS)
  await Promise.all((await which(results)).map((request) => results.delete(request)))
}

const isAbout = (url: string, search: string) => searchOf(new URL(url).pathname) === search
const untilIn = (answer: Response) => Number(answer.headers.get(UNTIL))
const isCurrent = (answer: Response) => untilIn(answer) > Date.now()

/** Until when something is kept about a search; undefined where nothing is. */
async function untilOf(results: Cache, search: string): Promise<number | undefined> {
  const request = (await results.keys()).find(({ url }) => isAbout(url, search))
  const answer = request && (await results.match(request))
  return answer && untilIn(answer)
}
