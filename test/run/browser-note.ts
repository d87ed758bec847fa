/** Title of the test that stands for those of a suite where there is no browser to run them in. */
export const IN_CHROMIUM = 'in Chromium'

interface Results {
  testResults: { testResults: { title: string; status: string }[] }[]
}

/** Jest's reporter for what is easily missed in a long output: that the suites of the page did not run, once, at the end. */
export default class BrowserNote {
  onRunComplete(_contexts: unknown, { testResults }: Results): void {
    const skipped = testResults
      .flatMap((file) => file.testResults)
      .filter(({ title, status }) => title === IN_CHROMIUM && status === 'pending')
    if (skipped.length === 0) return
    console.log(
      `\nNot run: ${skipped.length} suites of the page, since this machine has no Chromium. To install it: ${install()}`,
    )
  }
}

function install(): string {
  return process.platform === 'darwin' ? 'brew install --cask google-chrome' : 'sudo apt-get install chromium'
}
