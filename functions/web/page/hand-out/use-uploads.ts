import { useRef, useState } from 'preact/hooks'
import type { UploadResponse } from '../../../../shared/contract/drive.ts'
import { text } from '../../text.ts'
import { forgetApiKey, isKeyRefused, loadApiKey, saveApiKey } from '../api-key.ts'
import { useApp } from '../app-context.ts'
import { isPicture } from '../controls/picture-input.tsx'
import { errorText, hasCode } from '../error-text.ts'

export interface HandOut {
  id: number
  file: File
  /** Fraction of the bytes sent, 0 to 1. */
  share: number
  upload?: UploadResponse
  problem?: string
}

export interface Uploads {
  list: HandOut[]
  problem: string | undefined
  /** Whether the server asks for an API key; `wrong` after it has refused one. */
  key: 'none' | 'wanted' | 'wrong'
  add(files: File[]): void
  retry(id: number): void
  remove(id: number): void
  /** Uses the key from now on, and for the uploads that wait for one. */
  enterKey(key: string): void
}

/** Uploads to Drive, newest first. The API key is kept until the tab is closed. */
export function useUploads(): Uploads {
  const { client, config } = useApp()
  const [list, setList] = useState<HandOut[]>([])
  const [problem, setProblem] = useState<string>()
  const [key, setKey] = useState<Uploads['key']>('none')
  const waiting = useRef<HandOut[]>([])
  const running = useRef(new Map<number, AbortController>())
  const nextId = useRef(1)

  const change = (id: number, found: Partial<HandOut>) =>
    setList((now) => now.map((item) => (item.id === id ? { ...item, ...found } : item)))

  async function send(item: HandOut) {
    const apiKey = loadApiKey()
    const abort = new AbortController()
    running.current.set(item.id, abort)
    setList((now) =>
      now.map((other) => (other.id === item.id ? { id: item.id, file: item.file, share: 0 } : other)),
    )
    try {
      const upload = await client.upload(item.file, item.file.name, {
        ...(apiKey && { apiKey }),
        signal: abort.signal,
        onProgress: (share) => change(item.id, { share }),
      })
      change(item.id, { upload, share: 1 })
    } catch (error) {
      if (abort.signal.aborted) return
      if (isKeyRefused(error, apiKey)) {
        const entered = loadApiKey()
        if (entered && entered !== apiKey) {
          await send(item)
          return
        }
        forgetApiKey()
        waiting.current.push(item)
        setKey(apiKey ? 'wrong' : 'wanted')
      } else if (hasCode(error, 'not_found') || hasCode(error, 'method_not_allowed')) {
        change(item.id, { problem: text.handOut.unavailable })
      } else change(item.id, { problem: errorText(error) })
    } finally {
      running.current.delete(item.id)
    }
  }

  return {
    list,
    problem,
    key,
    add(files) {
      const wrong = files.find((file) => !isPicture(file))
      const large = files.find((file) => file.size > config.largest_upload)
      setProblem(
        wrong
          ? text.handOut.notAPicture(wrong.name)
          : large
            ? text.handOut.tooLarge(large.name, config.largest_upload / 2 ** 20)
            : undefined,
      )
      const added = files
        .filter((file) => isPicture(file) && file.size <= config.largest_upload)
        .map((file) => ({ id: nextId.current++, file, share: 0 }))
      setList((now) => [...added.toReversed(), ...now])
      for (const item of added) void send(item)
    },
    retry(id) {
      const item = list.find((item) => item.id === id)
      if (item) void send(item)
    },
    remove(id) {
      running.current.get(id)?.abort()
      waiting.current = waiting.current.filter((item) => item.id !== id)
      if (waiting.current.length === 0) setKey('none')
      setList((now) => now.filter((item) => item.id !== id))
    },
    enterKey(key) {
      saveApiKey(key)
      setKey('none')
      for (const item of waiting.current.splice(0)) void send(item)
    },
  }
}
