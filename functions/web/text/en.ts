import type { Formats } from './formats.ts'

const PHOTOS = { one: '# photo', other: '# photos' }

/** All text of the page in English; every language has the same keys. Functions take the values that vary. */
export const en = ({ number, decimal, percent, megabytes, duration, day, time, name, many }: Formats) => ({
  product: 'Face Recon Drive',
  loading: 'Loading…',
  close: 'Close',
  cancel: 'Cancel',
  copy: 'Copy link',
  copied: 'Copied',
  print: 'Print',
  skipToContent: 'Skip to the content',
  navigation: 'Sections',
  language: 'Language',
  number,
  time,

  find: {
    tab: 'Find my photos',
    heading: 'Find your photos',
    lead: 'Choose where to look and add a selfie. The photos you are in will appear here.',
    start: 'Find my photos',
    starting: 'Starting…',
    needsSelfie: 'Add a selfie first.',
    needsSignIn: 'Sign in with Google first.',
    needsLink: 'Paste a link to a Google Drive folder first.',
    checkingSelfies: 'One moment, we are still checking your selfie.',
    privacy:
      'Your selfies are only used to find you and are never kept. Results can be seen for an hour after the search and are then deleted. Face data from the photos is kept a little longer to speed up the next search.',
  },

  source: {
    heading: 'Where are the photos?',
    all: 'All photos',
    link: 'Link to the Google Drive folder',
    linkHint: 'In Google Drive, choose Share, then Copy link.',
    recursive: 'Include subfolders',
    signIn: 'Sign in with Google',
    signInWhy: 'This lets us read the photos shared with you. Nothing in your Drive is changed.',
    signedInAs: (email: string) => `Signed in as ${name(email)}`,
    signOut: 'Sign out',
    signingIn: 'Signing in…',
    denied: 'Google did not sign you in, so the photos cannot be read.',
    wrongState: 'That sign-in did not start on this page. Please sign in again.',
  },

  selfies: {
    heading: 'What do you look like?',
    hint: 'One clear selfie is enough. Add up to five to improve difficult matches.',
    take: 'Take a selfie',
    choose: 'Choose a picture',
    dropHere: 'Drop or paste pictures here',
    list: 'Your selfies',
    checking: 'Looking for your face…',
    ready: 'Face found',
    which: 'Several faces found. Tap yours: we look for the marked one.',
    faces: (index: number) => `Faces in selfie ${number(index)}`,
    face: (index: number, total: number, place: string) =>
      `Face ${number(index)} of ${number(total)}, ${place}`,
    place: { left: 'left', middle: 'in the middle', right: 'right' },
    noFace: 'No face found. Try another picture, facing the camera in good light.',
    remove: (index: number) => `Remove selfie ${number(index)}`,
    alt: (index: number) => `Selfie ${number(index)}`,
    tooMany: 'You can add up to five selfies.',
    notAPicture: 'That file is not a picture.',
  },

  /** Where the QR code of one picture leads. */
  picture: {
    tab: 'Your picture',
    heading: 'Your picture',
    loading: 'Your picture is loading',
    share: 'Share',
    save: 'Save',
    drive: 'Open in Google Drive',
    again: 'Try again',
    hidden: 'This browser cannot show this kind of picture. Save it to see it.',
    shareFailed: 'The picture could not be shared. Save it instead.',
    gone: {
      heading: 'This picture is not here any more',
      words: 'It may have been deleted. Ask whoever gave you the QR code.',
    },
    unreachable: {
      heading: 'The picture cannot be loaded',
      words: 'Check your connection. At an event you may have to be in its Wi-Fi.',
    },
  },

  /** An album as its guests see it. */
  album: {
    photos: (count: number, indexing: boolean) =>
      !indexing
        ? `${many(count, PHOTOS)}.`
        : count === 0
          ? 'Photos are being added.'
          : `${many(count, PHOTOS)} so far, more are being added.`,
    lead: 'Take a selfie, and the photos you are in appear here.',
    faceHeading: 'About your face',
    face: 'Your selfie is compared with the faces in this album; neither it nor anything measured on it is kept. The list of your photos is deleted after an hour, and only this page has your selfie until you close it, to look for you in new photos.',
    consent: 'I agree that my selfie is compared with the faces in this album to find photos of me.',
    consentFirst: 'Tick the box above first.',
    code: 'Code',
    codeHint: 'Whoever invited you knows it.',
    needsConsent: 'Tick the box first: without your consent we do not look for you.',
    needsCode: 'Enter the code of this album first.',
    searching: 'Looking for you…',
    nothing:
      'None of these photos clearly shows you so far. Try another selfie, facing the camera in good light.',
    nothingYet: 'As soon as there are any, they appear here by themselves.',
    found: (count: number, indexing: boolean) =>
      count > 0
        ? `${many(count, PHOTOS)} of you`
        : indexing
          ? 'No photos of you yet'
          : 'No photos of you found',
    searched: (count: number) => `${many(count, PHOTOS)} searched.`,
    goesOn: (indexing: boolean) =>
      indexing
        ? 'More photos are being added.'
        : 'New photos of you appear here by themselves while this page is open.',
    newer: 'New photos have come since your search. Take a selfie again to look for yourself in them.',
    lookAgain: 'Take a selfie again',
    another: 'Another selfie',
    back: 'Back to my photos',
    fresh: (count: number) => `${many(count, { one: '# new photo', other: '# new photos' })} of you`,
    showFresh: 'Show',
    closed: {
      heading: 'This album is closed at the moment',
      words: 'Whoever invited you can open it again. This page then goes on by itself.',
    },
    missing: {
      heading: 'There is no album at this address',
      words: 'Check the link or scan the QR code again. The album may also have been deleted.',
    },
    ended: {
      heading: 'This album has ended',
      words: 'Everything about the faces in it has been deleted. Ask whoever invited you for the photos.',
    },
    unreachable: {
      heading: 'No connection',
      words: 'This page goes on by itself when you are online again.',
    },
    lost: 'No connection. This page goes on by itself when you are online again.',
    failedHeading: 'This album cannot be opened',
    erase: 'Delete results',
    eraseHeading: 'Delete your results?',
    eraseText: 'Which photos you are in is deleted from the server immediately. The photos themselves stay.',
    announce: (count: number) => `${many(count, PHOTOS)} of you found.`,
    title: (album: string, found: number) => (found > 0 ? `(${number(found)}) ${album}` : album),
  },

  camera: {
    heading: 'Take a selfie',
    capture: 'Take picture',
    preview: 'Camera preview',
    denied:
      'This page is not allowed to use the camera. Allow it in the address bar, or choose a picture you already have.',
    missing: 'No camera found. Choose a picture you already have.',
    choose: 'Choose a picture instead',
  },

  scan: {
    heading: (found: number) => (found === 0 ? 'Looking for you…' : `${many(found, PHOTOS)} of you`),
    headingDone: (found: number) =>
      found === 0 ? 'No photos of you found' : `${many(found, PHOTOS)} of you`,
    progress: 'Search progress',
    counted: (done: number, total: number) => `${number(done)} of ${many(total, PHOTOS)}`,
    pace: (perSecond: number, seconds: number) =>
      `${perSecond >= 10 ? number(Math.round(perSecond)) : decimal(perSecond)} per second, about ${duration(seconds)} left`,
    done: (total: number) => `${many(total, PHOTOS)} searched.`,
    stopped: (done: number, total: number) => `Stopped: ${number(done)} of ${many(total, PHOTOS)} searched.`,
    stoppedEarly: 'Stopped before all photos were searched.',
    keptAfter: 'Kept for an hour after the search.',
    kept: (until: Date) => `Kept until ${time(until)}.`,
    found: 'Found',
    noMatch: 'Other people',
    noFace: 'No face',
    errors: 'Could not be opened',
    showErrors: 'Show which ones',
    errorsHeading: 'Photos that could not be opened',
    leftOut: (reason: string) => `Some photos of this folder are left out. ${reason}`,
    nothing: 'None of these photos clearly shows you. Try another selfie, facing the camera in good light.',
    nothingSoFar: 'None of the photos searched so far clearly shows you.',
    waiting: 'Photos will appear here as they are found.',
    lost: 'Connection lost. Reconnecting… No photos will be missed.',
    polling: 'No live updates. Photos will still appear, with a short delay.',
    expiredHeading: 'Google has signed you out',
    expired: 'Sign in again to continue the search. The photos found so far stay here.',
    expiredLocalHeading: 'Access has expired',
    expiredLocal: 'Search again to continue. The photos found so far stay here.',
    again: 'Search again',
    goneHeading: 'This search is no longer available',
    gone: 'It ended more than an hour ago or was deleted, and its results are gone.',
    newSearch: 'New search',
    stop: 'Stop',
    erase: 'Delete results',
    eraseHeading: 'Delete this search?',
    eraseText:
      'This search and its results will be deleted from the server immediately. The photos themselves are not deleted.',
    eraseConfirm: 'Delete',
    announce: (found: number, done: number, total: number) =>
      `${many(found, PHOTOS)} found. ${number(done)} of ${number(total)} searched.`,
    announceDone: (found: number, maybe: number) =>
      `Search finished. ${many(found, PHOTOS)} found.${maybe > 0 ? ` ${number(maybe)} more may show you.` : ''}`,
    title: (found: number) => `(${number(found)}) Find my photos`,
  },

  /** Earlier searches of this browser, below the form. */
  earlier: {
    heading: 'Searches of the last hour',
    hint: 'Only this browser lists them.',
    remove: (search: string) => `Delete ${name(search)}`,
    clear: 'Delete all',
    removed: (count: number) => many(count, { one: '# search deleted.', other: '# searches deleted.' }),
    back: 'Back to these results',
  },

  /** By the certainty of a photo: on its card, and with the enlarged photo. */
  certainty: {
    sure: { short: 'Strong match', long: 'This is almost certainly you.' },
    likely: { short: 'Likely match', long: 'This is probably you.' },
    possible: { short: 'Maybe you', long: 'This may be you.' },
    look_alike: { short: 'Look-alike?', long: 'This may be someone who looks like you.' },
    confirmed: { short: 'You', long: 'You said that this is you.' },
  },

  maybe: {
    heading: 'Maybe you',
    lead: 'We are not sure about these photos. Are you in them?',
    decided: 'You have looked at all of them.',
    list: 'Photos that may show you',
    me: 'That’s me',
    notMe: 'Not me',
    meName: (name: string) => `That’s me: ${name}`,
    notMeName: (name: string) => `Not me: ${name}`,
    refused: (count: number) => `${many(count, PHOTOS)} hidden.`,
    confirmed: (count: number) => `${many(count, PHOTOS)} added to yours.`,
    undo: 'Show again',
    undoConfirmed: 'Undo',
  },

  photo: {
    list: 'Photos of you',
    open: (name: string, certainty: string) => `Open ${name}. ${certainty}.`,
    select: (name: string) => `Select ${name}`,
    noPreview: 'No preview',
    inDrive: 'Open in Drive',
    download: 'Download',
    qr: 'QR code',
    qrAlt: (name: string) => `QR code for ${name}`,
    previous: 'Previous photo',
    next: 'Next photo',
    position: (index: number, total: number) => `${number(index)} of ${number(total)}`,
    meToo: 'This is me too',
    faceUnknown: 'This face is no longer known. Add another selfie instead.',
    face: 'The face that was found',
  },

  selection: {
    region: 'Selected photos',
    all: 'Select all',
    none: 'Clear selection',
    count: (count: number) => `${many(count, PHOTOS)} selected`,
    download: (count: number) => `Download ${number(count)} as ZIP`,
    packing: (done: number, total: number) => `Preparing ${number(done)} of ${number(total)}…`,
    failed: (count: number) =>
      `${many(count, PHOTOS)} could not be downloaded and ${count === 1 ? 'is' : 'are'} missing from the ZIP.`,
    archive: 'photos-of-me.zip',
  },

  /** Albums as their organiser sees them. */
  albums: {
    tab: 'Albums',
    heading: 'Albums',
    lead: 'Open a folder to guests: with its link they find their photos by a selfie, without an account.',
    new: 'New album',
    source: 'Which photos?',
    details: 'For guests',
    title: 'Title',
    titleHint: 'By default the name of the folder.',
    titleWhere: 'Guests see it on their page and on the poster.',
    code: 'Code',
    codeHint: 'Optional. 4 to 32 letters or digits that guests have to enter.',
    codeKept: 'There is a code. Enter another one to replace it; left empty, it stays.',
    dropCode: 'No code any more',
    codeWrong: 'A code has 4 to 32 letters or digits.',
    until: 'Last day',
    untilHint: 'Afterwards everything about the faces in the album is deleted. At most 180 days.',
    create: 'Make album',
    creating: 'Making the album…',
    list: 'Your albums',
    none: 'There are no albums yet.',
    indexing: (done: number, total: number) => `Looking for faces: ${number(done)} of ${many(total, PHOTOS)}`,
    progress: (title: string) => `Progress of ${title}`,
    photos: 'Photos',
    faces: 'Faces',
    failed: 'Could not be opened',
    showFailed: 'Show which ones',
    failedHeading: 'Photos that could not be opened',
    searches: 'Searches',
    ends: (date: Date) => `Until ${day(date)}`,
    withCode: 'with a code',
    withoutCode: 'without a code',
    closed: 'closed',
    authorisation: {
      uploader: 'read as the uploading account',
      service_account: 'read as a service account',
      api_key: 'read because anybody may see the folder',
      directory: 'read from this server',
    },
    link: 'Link for guests',
    onlyHere:
      'Only this machine can open these links. For phones on your network, start the server with: npm start -- --booth',
    poster: 'Poster',
    change: 'Change',
    save: 'Save',
    close: 'Close album',
    open: 'Open again',
    erase: 'Delete',
    eraseHeading: (title: string) => `Delete ${name(title)}?`,
    eraseText:
      'Its link stops working, and everything about the faces in it is deleted immediately. The photos themselves stay.',
    unavailable: 'This server is not set up for albums.',
  },

  /** Printed, for guests. */
  poster: {
    heading: 'Poster',
    paper: 'Paper',
    lead: 'Find the photos you are in',
    steps: ['Scan the code with your phone.', 'Take a selfie.', 'See your photos.'],
    code: 'You will be asked for a code: ask your host.',
    qrAlt: (title: string) => `QR code for ${title}`,
  },

  share: {
    share: 'Share',
    now: 'Share now',
    fetching: (index: number, total: number) =>
      total === 1 ? 'Preparing…' : `Preparing ${number(index)} of ${number(total)}…`,
    failed: 'These photos could not be shared. Download them instead.',
    tooLarge: (count: number) =>
      count === 1
        ? 'This photo is too large to share. Download it instead.'
        : 'Together these photos are too large to share. Download them as a ZIP.',
    tooMany: (limit: number) =>
      `This browser shares at most ${number(limit)} photos at a time. Download them as a ZIP.`,
  },

  handOut: {
    tab: 'Share a picture',
    heading: 'Share a picture',
    lead: 'Upload a finished picture and let your guest scan a QR code to get it.',
    drop: 'Drop a picture here',
    choose: 'Choose a picture',
    list: 'Uploaded pictures',
    uploading: (done: number) => `Uploading, ${percent(done)}`,
    storing: 'Saving…',
    progress: (name: string) => `Uploading ${name}`,
    waits: 'Waiting',
    postponed: 'The server could not take this picture yet. It is tried again by itself.',
    interrupted: 'There is no connection. The upload goes on by itself when it is back.',
    left: (count: number) =>
      many(count, { one: '# picture left to upload', other: '# pictures left to upload' }),
    lost: 'The page was closed before this picture was uploaded. Choose it again.',
    ready: 'Ready to share',
    open: 'Open',
    onlyHere:
      'Only this machine can open the links and QR codes. For phones on your network, start the server with: npm start -- --booth',
    moved:
      'The network address of this machine has changed: links and QR codes made before lead nowhere. Show, print or send these here again.',
    movedSeen: 'All right',
    printAll: 'Print all',
    clear: 'Clear the list',
    stays: 'Pictures that you remove from the list are not deleted: their links and QR codes go on working.',
    enlarge: 'Enlarge QR code',
    scanMe: 'Scan to get your picture',
    qrAlt: (name: string) => `QR code for ${name}`,
    retry: 'Try again',
    remove: (name: string) => `Remove ${name} from the list`,
    notAPicture: (file: string) => `${name(file)} is not a picture.`,
    tooLarge: (file: string, limit: number) => `${name(file)} is larger than ${megabytes(limit)}.`,
    unavailable: 'This server is not set up for sharing pictures.',
  },

  apiKey: {
    heading: 'API key required',
    why: 'Whoever runs this server can give you an API key. It is kept until you close this tab.',
    label: 'API key',
    save: 'Use key',
    wrong: 'The server did not accept this key.',
  },

  /** By error code. For a code that is not here, the page shows the server's message. */
  errors: {
    unreachable: 'Could not reach the server. Check your connection and try again.',
    unreadable: 'The server sent an unexpected response. Try again in a moment.',
    internal: 'Something went wrong on the server. Try again in a moment.',
    rate_limited: 'Too many requests from here. Try again in a few minutes.',
    too_many_scans: 'Too many searches from here are running. Try again when one of them has ended.',
    token_expired: 'Google has signed you out. Sign in again.',
    oauth_failed: 'Google did not accept the sign-in. Please try again.',
    no_face: 'No face was found in your selfie. Try another picture.',
    folder_not_found: 'This folder does not exist or is not shared with you.',
    too_many_files: 'This folder has more photos than the server can search.',
    image_too_large: 'This picture is too large.',
    image_too_complex: 'This picture takes too long to read. Try another one.',
    drive_unavailable: 'Google Drive is not responding. Try again in a moment.',
    busy: 'The server is busy. Try again in a few seconds.',
    album_closed: 'This album is closed at the moment.',
    album_code_wrong: 'This is not the code of this album.',
    album_ended: 'This album has ended.',
    album_not_found: 'There is no such album any more.',
    body_too_large: 'This file is too large.',
    file_too_large: 'This file is too large.',
    invalid_link: 'This is not a link to a Google Drive folder.',
    no_images: 'There are no photos in this folder.',
    scan_not_found: 'This search ended more than an hour ago or was deleted.',
    oauth_unavailable: 'Google is not responding. Try again in a moment.',
    request_timeout: 'The connection is too slow. Try again.',
  },

  /** Why a photo could not be opened, by error code. */
  reasons: {
    not_an_image: 'This is not a picture, or it is damaged.',
    format_not_searched: 'Pictures of this format are not searched. As JPEG, they are.',
    file_empty: 'The file is empty.',
    file_not_found: 'The file no longer exists.',
    image_too_large: 'The picture is too large.',
    image_too_complex: 'The picture takes too long to read.',
    too_many_files: 'There are more photos than the server can search.',
    internal: 'Something went wrong on the server.',
    worker_failed: 'Something went wrong on the server.',
    scan_timed_out: 'The search took too long.',
    drive_unavailable: 'Google Drive did not respond.',
  },
})

export type Text = Words<ReturnType<typeof en>>

/** A language: all text, as a locale writes it. */
export type Translate = (formats: Formats) => Text

/** The same text in any words. */
type Words<T> = T extends (...values: infer V) => string
  ? (...values: V) => string
  : T extends string
    ? string
    : { [Key in keyof T]: Words<T[Key]> }
