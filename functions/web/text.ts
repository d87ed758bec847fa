/** Everything the page says, in one place so that it can be translated. Functions get what varies. */

const number = new Intl.NumberFormat('en')
const many = (count: number, one: string, more: string) =>
  `${number.format(count)} ${count === 1 ? one : more}`
const photos = (count: number) => many(count, 'photo', 'photos')

export const text = {
  language: 'en',
  product: 'Face Recon Drive',
  loading: 'Loading…',
  close: 'Close',
  cancel: 'Cancel',
  skipToContent: 'Skip to the content',
  navigation: 'Sections',
  number: (value: number) => number.format(value),

  find: {
    tab: 'Find my photos',
    heading: 'Find your photos',
    lead: 'Choose where to look, add a selfie, and the photos you are in appear here.',
    start: 'Find my photos',
    starting: 'Starting…',
    needsSelfie: 'Add a selfie first.',
    needsSignIn: 'Sign in with Google first.',
    needsLink: 'Paste the link of a Drive folder first.',
    checkingSelfies: 'One moment, your selfie is being checked.',
    privacy:
      'Your selfies are only compared, never kept. The results are deleted one hour after the search; which faces the photos show is kept a little longer, for the next search.',
  },

  source: {
    heading: 'Where are the photos?',
    all: 'All photos',
    link: 'Link of the Google Drive folder',
    linkHint: 'In Google Drive: Share, then Copy link.',
    recursive: 'Also look in the folders inside',
    signIn: 'Sign in with Google',
    signInWhy: 'So that the photos shared with you can be read. Nothing in your Drive is changed.',
    signedInAs: (email: string) => `Signed in as ${email}`,
    signOut: 'Sign out',
    signingIn: 'Signing in…',
    denied: 'Google did not sign you in. Without that, the photos cannot be read.',
    wrongState: 'That sign-in did not begin on this page. Please sign in again.',
  },

  selfies: {
    heading: 'What do you look like?',
    hint: 'One clear selfie is enough. With up to five, hard photos are found more surely.',
    take: 'Take a selfie',
    choose: 'Choose a picture',
    dropHere: 'Drop or paste pictures here',
    list: 'Your selfies',
    checking: 'Looking for your face…',
    ready: 'Face found',
    largest: 'Several faces: we look for the marked one',
    noFace: 'No face found. Try another picture, in good light and from the front.',
    remove: (index: number) => `Remove selfie ${index}`,
    alt: (index: number) => `Selfie ${index}`,
    tooMany: 'Five selfies are the most.',
    notAPicture: 'That is not a picture.',
  },

  camera: {
    heading: 'Take a selfie',
    capture: 'Take picture',
    preview: 'Picture of your camera',
    denied:
      'The browser may not use the camera. Allow it in the address bar, or choose a picture you already have.',
    missing: 'No camera was found. Choose a picture you already have.',
    choose: 'Choose a picture instead',
  },

  scan: {
    heading: (found: number) => (found === 0 ? 'Looking for you…' : `${photos(found)} of you`),
    headingDone: (found: number) => (found === 0 ? 'You were not found' : `${photos(found)} of you`),
    progress: 'Progress of the search',
    counted: (done: number, total: number) => `${number.format(done)} of ${photos(total)}`,
    speed: (perSecond: number) =>
      `${perSecond >= 10 ? number.format(Math.round(perSecond)) : perSecond.toFixed(1)} per second`,
    left(seconds: number) {
      if (seconds < 60) return `about ${Math.max(1, Math.round(seconds))} s left`
      if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`
      return `about ${Math.round(seconds / 3600)} h left`
    },
    done: (total: number) => `All ${photos(total)} were looked through.`,
    found: 'Found',
    noMatch: 'Others',
    noFace: 'No face',
    errors: 'Unreadable',
    showErrors: 'Show which, and why',
    errorsHeading: 'Photos that could not be read',
    nothing:
      'None of these photos shows you clearly enough. Another selfie may help: from the front, in good light.',
    waiting: 'Photos appear here as soon as they are found.',
    lost: 'The connection was lost. Trying again; nothing is missed.',
    polling: 'No live connection; the photos still arrive, a little later.',
    expiredHeading: 'Google has signed you out',
    expired: 'Sign in again and the search goes on. What was found stays here.',
    expiredLocalHeading: 'The access has expired',
    expiredLocal: 'Search again; what was found stays here.',
    again: 'Search again',
    goneHeading: 'This search is over',
    gone: 'It ended more than an hour ago or was deleted, and its results with it.',
    newSearch: 'New search',
    stop: 'Stop',
    erase: 'Delete now',
    eraseHeading: 'Delete this search?',
    eraseText:
      'Your selfies and the results are deleted from the server at once. The photos themselves stay.',
    eraseConfirm: 'Delete',
    announce: (found: number, done: number, total: number) =>
      `${photos(found)} found, ${number.format(done)} of ${number.format(total)} looked through.`,
    announceDone: (found: number) => `Search finished. ${photos(found)} found.`,
    title: (found: number) => `(${number.format(found)}) Find my photos`,
  },

  photo: {
    list: 'Photos of you',
    sure: 'Sure',
    likely: 'Likely',
    sureLong: 'This is surely you.',
    likelyLong: 'This is likely you.',
    open: (name: string, certainty: string) => `Open ${name}. ${certainty}.`,
    select: (name: string) => `Select ${name}`,
    noPreview: 'No preview',
    inDrive: 'Open in Drive',
    download: 'Download',
    qr: 'QR code',
    qrAlt: (name: string) => `QR code that leads to ${name}`,
    previous: 'Previous photo',
    next: 'Next photo',
    position: (index: number, total: number) => `${index} of ${total}`,
  },

  selection: {
    region: 'Selected photos',
    all: 'Select all',
    none: 'Select none',
    count: (count: number) => `${photos(count)} selected`,
    download: (count: number) => `Download ${number.format(count)} as ZIP`,
    packing: (done: number, total: number) => `Packing ${done} of ${total}…`,
    failed: (count: number) =>
      `${photos(count)} could not be downloaded and ${count === 1 ? 'is' : 'are'} missing.`,
    archive: 'photos-of-me.zip',
  },

  handOut: {
    tab: 'Hand out',
    heading: 'Hand out a picture',
    lead: 'Upload a finished picture, and your guest takes it along with a QR code.',
    drop: 'Drop a picture here',
    choose: 'Choose a picture',
    list: 'Uploaded pictures',
    uploading: (percent: number) => `Uploading, ${percent} %`,
    storing: 'Almost there…',
    progress: (name: string) => `Upload of ${name}`,
    ready: 'Ready to take along',
    link: 'Link',
    copy: 'Copy link',
    copied: 'Copied',
    print: 'Print',
    enlarge: 'Show large',
    scanMe: 'Scan to get your picture',
    qrAlt: (name: string) => `QR code that leads to ${name}`,
    retry: 'Try again',
    remove: (name: string) => `Remove ${name} from the list`,
    notAPicture: (name: string) => `${name} is not a picture.`,
    tooLarge: (name: string, megabytes: number) => `${name} is larger than ${megabytes} MB.`,
    keyHeading: 'This server asks for a key',
    keyWhy: 'Whoever runs it has given you an API key. It is kept until you close this tab.',
    key: 'API key',
    keySave: 'Use key',
    keyWrong: 'The server did not accept this key.',
    unavailable: 'This server is not set up to hand out pictures.',
  },

  /** By the error's code; the server's own message stands for codes that are not here. */
  errors: {
    unreachable: 'The server cannot be reached. Check the connection and try again.',
    unreadable: 'The server gave an answer that makes no sense. Try again in a moment.',
    internal: 'Something went wrong on the server. Try again in a moment.',
    token_expired: 'Google has signed you out. Sign in again.',
    oauth_failed: 'Google did not accept the sign-in. Please try again.',
    no_face: 'No face was found in your selfie. Try another picture.',
    folder_not_found: 'This folder is not there, or not shared with you.',
    no_images: 'There are no photos in this folder.',
    too_many_files: 'This folder has more photos than the server looks through.',
    image_too_large: 'This picture is too large.',
    not_an_image: 'This file is not a picture that can be read.',
    drive_unavailable: 'Google Drive does not answer. Try again in a moment.',
    body_too_large: 'This file is too large.',
  } as Record<string, string>,
}
