import { LANGUAGES } from '../text/languages.ts'
import { LANGUAGE_KEY, language, text } from '../text.ts'
import { local, write } from './browser/storage.ts'

/** Below every page: its language, for whoever wants another than the browser asks for. */
export const LanguageChoice = () => (
  <footer class="bottom">
    <label class="language">
      <span>{text.language}</span>
      <select value={language} onChange={({ currentTarget }) => setLanguage(currentTarget.value)}>
        {Object.entries(LANGUAGES).map(([code, { name }]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  </footer>
)

/** The page starts anew: its text is chosen once. */
function setLanguage(code: string): void {
  write(local, LANGUAGE_KEY, code)
  location.reload()
}
