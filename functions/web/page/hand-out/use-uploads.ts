import { useEffect, useRef, useState } from 'preact/hooks'
import type { ApiError } from '../../../../shared/client/error.ts'
import { text } from '../../text.ts'
import { forgetApiKey, isKeyRefused, loadApiKey, saveApiKey } from '../api-key.ts'
import { useApp } from '../app-context.ts'
import { isPicture } from '../controls/picture-input.tsx'
import { errorText, hasCode } from '../error-text.ts'
import { asJpeg } from './as-jpeg.ts'
import type { HandOut, Ready } from './hand-out.ts'
import { linkOf } from './hand-out-links.ts'
import { forget, keep, kept } from './stored.ts'
import { delayAfter, uploadTurns } from './upload-turns.ts'
import { useLeaveWarning } from './use-leave-warning.ts'

export interface Uploads {
  /** Newest first. */
  list: HandOut[]
  /** Why files of the last choice were not taken, each by its name. */
  refused: string[]
  /** Whether the server asks for an API key; `wrong` after it has refused one. */
  key: 'none' | 'wanted' | 'wrong'
  add(files: File[]): void
  retry(id: number): void
  /** Removes pictures from the list, of those that are not uploaded yet the upload as well. */
  remove(ids: number[]): void
  /** Notes the address that these have now. */
  readdress(pictures: Ready[]): void
  /** Uses the key from now on, and for the uploads that wait for one. */
  enterKey(key: string): void
}

/** Pixels: sharp on a phone's screen and on a printed card. */
const THUMBNAIL_WIDTH = 320
/** What is still to be uploaded, and not being uploaded. */
const DUE: ReadonlySet<HandOut['state']> = new Set(['waiting', 'interrupted', 'postponed'])

/**
 * Uploads to Drive, one after the other, oldest first. One that meets no connection, or a server that is busy, comes again after
 * the others until it is taken; the server takes the same content for the same file. The list is kept on this device, the API
 * key until the tab is closed.
 */
export function useUploads(): Uploads {
  const { client, config, refresh } = useApp()
  const [list, setList] = useState<HandOut[]>([])
  const [refused, setRefused] = useState<string[]>([])
  const [key, setKey] = useState<Uploads['key']>('none')
  /** What `list` is to be once it is rendered. */
  const items = useRef<HandOut[]>([])
  const current = useRef<{ id: number; abort: AbortController } | undefined>(undefined)
  const turns = useRef(uploadTurns()).current
  /** For the next turn, when there is none yet. */
  const timer = useRef(0)
  const wantsKey = useRef(false)
  const lastId = useRef(0)
  const drawing = useRef(Promise.resolve())

  function show(next: HandOut[]) {
    items.current = next
    setList(next)
  }

  function change(id: number, found: Partial<HandOut>) {
    show(items.current.map((item) => (item.id === id ? { ...item, ...found } : item)))
  }

  function changeAndKeep(id: number, found: Partial<HandOut>) {
    change(id, found)
    const item = items.current.find((item) => item.id === id)
    if (item) keep(item)
  }

  async function run() {
    clearTimeout(timer.current)
    if (current.current || wantsKey.current) return
    // Oldest first.
    const due = items.current.filter(({ state, file }) => file && DUE.has(state)).toReversed()
    if (due.length === 0) return
    const turn = turns.next(due.map(({ id }) => id))
    if ('wait' in turn) {
      timer.current = window.setTimeout(run, turn.wait)
      return
    }
    const file = due.find(({ id }) => id === turn.id)?.file
    if (!file) return
    const abort = new AbortController()
    current.current = { id: turn.id, abort }
    try {
      await send(turn.id, file, abort.signal)
    } finally {
      current.current = undefined
    }
    void run()
  }

  /** Resolves when the try has ended in whatever way. */
  async function send(id: number, file: File, signal: AbortSignal) {
    const apiKey = loadApiKey()
    try {
      change(id, { state: 'sending', sent: 0 })
      const upload = await client.upload(file, file.name, {
        ...(apiKey && { apiKey }),
        signal,
        onProgress(share) {
          const sent = Math.floor(share * 100)
          if (items.current.some((item) => item.id === id && item.sent !== sent)) change(id, { sent })
        },
      })
      const same = items.current.filter((item) => item.upload?.file_id === upload.file_id)
      forgetItems(same.map((item) => item.id))
      changeAndKeep(id, { upload, state: 'ready', sent: 100, file: undefined })
      turns.settle(id)
      draw([id])
      // The server has another address since the page has asked for it.
      if (upload.page_url !== linkOf(upload, config)) refresh()
    } catch (error) {
      if (signal.aborted) return
      const delay = delayAfter(error)
      if (delay !== undefined) {
        turns.postpone(id, delay, error as ApiError)
        change(id, { state: delay })
      } else if (isKeyRefused(error, apiKey)) {
        change(id, { state: 'waiting' })
        // Another key has been entered meanwhile.
        if (loadApiKey() !== apiKey) return
        forgetApiKey()
        wantsKey.current = true
        setKey(apiKey ? 'wrong' : 'wanted')
      } else {
        turns.settle(id)
        const unavailable = hasCode(error, 'not_found') || hasCode(error, 'method_not_allowed')
        const problem = unavailable ? text.handOut.unavailable : errorText(error)
        changeAndKeep(id, { state: 'failed', problem })
      }
    }
  }

  function forgetItems(ids: number[]) {
    show(items.current.filter(({ id }) => !ids.includes(id)))
    forget(ids)
  }

  /** One after the other, as a large picture takes much memory. */
  function draw(ids: number[]) {
    for (const id of ids) {
      drawing.current = drawing.current.then(async () => {
        const item = items.current.find((item) => item.id === id)
        if (!item || item.thumbnail) return
        // One that this browser cannot show, the server can once it has it.
        const picture = item.upload ? await shownByServer(item.upload.file_id) : item.file
        const thumbnail = picture && (await asJpeg(picture, THUMBNAIL_WIDTH))
        if (thumbnail) changeAndKeep(id, { thumbnail })
      })
    }
  }

  async function shownByServer(fileId: string): Promise<Blob | undefined> {
    const response = await fetch(`${config.api_base}/drive/files/${fileId}/preview`).catch(() => undefined)
    return response?.ok ? response.blob() : undefined
  }

  function reasonAgainst(file: File): string | undefined {
    if (!isPicture(file)) return text.handOut.notAPicture(file.name)
    if (file.size <= config.largest_upload) return undefined
    return text.handOut.tooLarge(file.name, config.largest_upload / 2 ** 20)
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    void kept(text.handOut.lost).then((found) => {
      show([...items.current, ...found])
      draw(found.map(({ id }) => id))
      void run()
    })
    const online = () => {
      turns.online()
      void run()
    }
    addEventListener('online', online)
    return () => {
      removeEventListener('online', online)
      clearTimeout(timer.current)
      current.current?.abort.abort()
    }
  }, [])
  useLeaveWarning(list.some(({ state }) => state !== 'ready' && state !== 'failed'))

  return {
    list,
    refused,
    key,
    add(files) {
      setRefused(files.map(reasonAgainst).filter((reason) => reason !== undefined))
      const added = files
        .filter((file) => reasonAgainst(file) === undefined)
        .map((file): HandOut => {
          lastId.current = Math.max(lastId.current + 1, Date.now())
          return { id: lastId.current, name: file.name, file, state: 'waiting', sent: 0 }
        })
      show([...added.toReversed(), ...items.current])
      for (const item of added) keep(item)
      draw(added.map(({ id }) => id))
      void run()
    },
    retry(id) {
      changeAndKeep(id, { state: 'waiting', problem: undefined })
      void run()
    },
    remove(ids) {
      forgetItems(ids)
      if (current.current && ids.includes(current.current.id)) current.current.abort.abort()
      if (items.current.some(({ state }) => DUE.has(state))) return
      wantsKey.current = false
      setKey('none')
    },
    readdress(pictures) {
      for (const { id, upload } of pictures)
        changeAndKeep(id, { upload: { ...upload, page_url: linkOf(upload, config) } })
    },
    enterKey(key) {
      saveApiKey(key)
      wantsKey.current = false
      setKey('none')
      void run()
    },
  }
}
