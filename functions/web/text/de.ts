import type { Translate } from './en.ts'

const PHOTOS = { one: '# Foto', other: '# Fotos' }
const OF_YOU = { one: '# Foto von dir', other: '# Fotos von dir' }

const de: Translate = ({ number, decimal, percent, megabytes, duration, day, time, name, many }) => ({
  product: 'Face Recon Drive',
  loading: 'Wird geladen …',
  close: 'Schließen',
  cancel: 'Abbrechen',
  copy: 'Link kopieren',
  copied: 'Kopiert',
  print: 'Drucken',
  skipToContent: 'Zum Inhalt springen',
  navigation: 'Bereiche',
  language: 'Sprache',
  number,
  time,

  find: {
    tab: 'Meine Fotos',
    heading: 'Finde deine Fotos',
    lead: 'Wähle, wo gesucht wird, und nimm ein Selfie auf. Hier erscheinen dann die Fotos mit dir.',
    start: 'Meine Fotos finden',
    starting: 'Suche startet …',
    needsSelfie: 'Nimm zuerst ein Selfie auf.',
    needsSignIn: 'Melde dich zuerst bei Google an.',
    needsLink: 'Füge zuerst den Link zu einem Google-Drive-Ordner ein.',
    checkingSelfies: 'Einen Moment, wir sehen uns dein Selfie noch an.',
    privacy:
      'Deine Selfies dienen nur dazu, dich zu finden, und werden nie gespeichert. Die Ergebnisse sind nach der Suche eine Stunde lang zu sehen und werden dann gelöscht. Gesichtsdaten aus den Fotos bleiben etwas länger gespeichert, damit die nächste Suche schneller geht.',
  },

  source: {
    heading: 'Wo sind die Fotos?',
    all: 'Alle Fotos',
    link: 'Link zum Google-Drive-Ordner',
    linkHint: 'Wähle in Google Drive „Freigeben“ und dann „Link kopieren“.',
    recursive: 'Auch in Unterordnern suchen',
    signIn: 'Bei Google anmelden',
    signInWhy:
      'So können wir die Fotos lesen, die mit dir geteilt sind. In deinem Drive wird nichts geändert.',
    signedInAs: (email: string) => `Angemeldet als ${name(email)}`,
    signOut: 'Abmelden',
    signingIn: 'Anmeldung läuft …',
    denied: 'Die Anmeldung bei Google hat nicht geklappt, deshalb können die Fotos nicht gelesen werden.',
    wrongState: 'Diese Anmeldung hat nicht auf dieser Seite begonnen. Bitte melde dich noch einmal an.',
  },

  selfies: {
    heading: 'Wie siehst du aus?',
    hint: 'Ein deutliches Selfie genügt. Mit bis zu fünf findest du auch schwierige Fotos.',
    take: 'Selfie aufnehmen',
    choose: 'Bild auswählen',
    dropHere: 'Bilder hierher ziehen oder einfügen',
    list: 'Deine Selfies',
    checking: 'Wir suchen dein Gesicht …',
    ready: 'Gesicht gefunden',
    which: 'Mehrere Gesichter gefunden. Tippe auf deines: Wir suchen das markierte.',
    faces: (index: number) => `Gesichter auf Selfie ${number(index)}`,
    face: (index: number, total: number, place: string) =>
      `Gesicht ${number(index)} von ${number(total)}, ${place}`,
    place: { left: 'links', middle: 'in der Mitte', right: 'rechts' },
    noFace: 'Kein Gesicht gefunden. Nimm ein anderes Bild, von vorn und bei gutem Licht.',
    remove: (index: number) => `Selfie ${number(index)} entfernen`,
    alt: (index: number) => `Selfie ${number(index)}`,
    tooMany: 'Du kannst bis zu fünf Selfies verwenden.',
    notAPicture: 'Diese Datei ist kein Bild.',
  },

  album: {
    photos: (count: number, indexing: boolean) =>
      !indexing
        ? `${many(count, PHOTOS)}.`
        : count === 0
          ? 'Es kommen gerade Fotos dazu.'
          : `Bisher ${many(count, PHOTOS)}, weitere kommen gerade dazu.`,
    lead: 'Nimm ein Selfie auf, dann erscheinen hier die Fotos mit dir.',
    faceHeading: 'Was mit deinem Gesicht geschieht',
    face: 'Dein Selfie wird mit den Gesichtern in diesem Album verglichen; weder das Selfie noch etwas, das daran gemessen wurde, wird gespeichert. Die Liste deiner Fotos wird nach einer Stunde gelöscht. Nur diese Seite hat dein Selfie, bis du sie schließt, um dich auch auf neuen Fotos zu suchen.',
    consent:
      'Ich bin einverstanden, dass mein Selfie mit den Gesichtern in diesem Album verglichen wird, um Fotos von mir zu finden.',
    consentFirst: 'Setze zuerst oben das Häkchen.',
    code: 'Code',
    codeHint: 'Wer dich eingeladen hat, kennt ihn.',
    needsConsent: 'Setze zuerst das Häkchen: Ohne deine Zustimmung suchen wir dich nicht.',
    needsCode: 'Gib zuerst den Code dieses Albums ein.',
    searching: 'Wir suchen dich …',
    nothing:
      'Auf keinem dieser Fotos bist du bisher klar zu erkennen. Versuche es mit einem anderen Selfie, von vorn und bei gutem Licht.',
    nothingYet: 'Sobald es welche gibt, erscheinen sie hier von selbst.',
    found: (count: number, indexing: boolean) =>
      count > 0
        ? many(count, OF_YOU)
        : indexing
          ? 'Noch keine Fotos von dir'
          : 'Keine Fotos von dir gefunden',
    searched: (count: number) => `${many(count, PHOTOS)} durchsucht.`,
    goesOn: (indexing: boolean) =>
      indexing
        ? 'Weitere Fotos kommen gerade dazu.'
        : 'Neue Fotos von dir erscheinen hier von selbst, solange diese Seite offen ist.',
    newer: 'Seit deiner Suche sind neue Fotos gekommen. Nimm noch ein Selfie auf, um dich darauf zu suchen.',
    lookAgain: 'Noch ein Selfie aufnehmen',
    another: 'Anderes Selfie',
    back: 'Zurück zu meinen Fotos',
    fresh: (count: number) => many(count, { one: '# neues Foto von dir', other: '# neue Fotos von dir' }),
    showFresh: 'Zeigen',
    closed: {
      heading: 'Dieses Album ist gerade geschlossen',
      words: 'Wer dich eingeladen hat, kann es wieder öffnen. Diese Seite geht dann von selbst weiter.',
    },
    missing: {
      heading: 'Unter dieser Adresse gibt es kein Album',
      words: 'Prüfe den Link oder scanne den QR-Code noch einmal. Vielleicht wurde das Album auch gelöscht.',
    },
    ended: {
      heading: 'Dieses Album ist beendet',
      words: 'Alles über die Gesichter darin wurde gelöscht. Frag nach den Fotos, wer dich eingeladen hat.',
    },
    unreachable: {
      heading: 'Keine Verbindung',
      words: 'Diese Seite geht von selbst weiter, sobald du wieder online bist.',
    },
    lost: 'Keine Verbindung. Diese Seite geht von selbst weiter, sobald du wieder online bist.',
    failedHeading: 'Dieses Album lässt sich nicht öffnen',
    erase: 'Ergebnisse löschen',
    eraseHeading: 'Deine Ergebnisse löschen?',
    eraseText:
      'Auf welchen Fotos du bist, wird sofort vom Server gelöscht. Die Fotos selbst bleiben erhalten.',
    announce: (count: number) => `${many(count, OF_YOU)} gefunden.`,
    title: (album: string, found: number) => (found > 0 ? `(${number(found)}) ${album}` : album),
  },

  camera: {
    heading: 'Selfie aufnehmen',
    capture: 'Auslösen',
    preview: 'Kameravorschau',
    denied:
      'Diese Seite darf die Kamera nicht benutzen. Erlaube es in der Adressleiste, oder wähle ein vorhandenes Bild.',
    missing: 'Keine Kamera gefunden. Wähle ein vorhandenes Bild.',
    choose: 'Lieber ein Bild auswählen',
  },

  scan: {
    heading: (found: number) => (found === 0 ? 'Wir suchen dich …' : many(found, OF_YOU)),
    headingDone: (found: number) => (found === 0 ? 'Keine Fotos von dir gefunden' : many(found, OF_YOU)),
    progress: 'Fortschritt der Suche',
    counted: (done: number, total: number) => `${number(done)} von ${many(total, PHOTOS)}`,
    pace: (perSecond: number, seconds: number) =>
      `${perSecond >= 10 ? number(Math.round(perSecond)) : decimal(perSecond)} pro Sekunde, noch etwa ${duration(seconds)}`,
    done: (total: number) => `${many(total, PHOTOS)} durchsucht.`,
    stopped: (done: number, total: number) =>
      `Gestoppt: ${number(done)} von ${many(total, PHOTOS)} durchsucht.`,
    stoppedEarly: 'Gestoppt, bevor alle Fotos durchsucht waren.',
    keptAfter: 'Danach noch eine Stunde verfügbar.',
    kept: (until: Date) => `Verfügbar bis ${time(until)}.`,
    found: 'Gefunden',
    noMatch: 'Andere Personen',
    noFace: 'Ohne Gesicht',
    errors: 'Nicht lesbar',
    showErrors: 'Zeigen, welche',
    errorsHeading: 'Fotos, die sich nicht öffnen ließen',
    leftOut: (reason: string) => `Einige Fotos dieses Ordners fehlen. ${reason}`,
    nothing:
      'Auf keinem dieser Fotos bist du klar zu erkennen. Versuche es mit einem anderen Selfie, von vorn und bei gutem Licht.',
    nothingSoFar: 'Auf keinem der bisher durchsuchten Fotos bist du klar zu erkennen.',
    waiting: 'Gefundene Fotos erscheinen sofort hier.',
    lost: 'Verbindung verloren. Wir verbinden neu … Es geht kein Foto verloren.',
    polling: 'Keine Live-Verbindung. Die Fotos erscheinen trotzdem, nur etwas später.',
    expiredHeading: 'Google hat dich abgemeldet',
    expired: 'Melde dich wieder an, um weiterzusuchen. Die bisher gefundenen Fotos bleiben hier.',
    expiredLocalHeading: 'Der Zugriff ist abgelaufen',
    expiredLocal: 'Suche noch einmal, um weiterzumachen. Die bisher gefundenen Fotos bleiben hier.',
    again: 'Noch einmal suchen',
    goneHeading: 'Diese Suche gibt es nicht mehr',
    gone: 'Sie ist seit über einer Stunde beendet oder wurde gelöscht, samt ihren Ergebnissen.',
    newSearch: 'Neue Suche',
    stop: 'Stopp',
    erase: 'Ergebnisse löschen',
    eraseHeading: 'Diese Suche löschen?',
    eraseText:
      'Diese Suche und ihre Ergebnisse werden sofort vom Server gelöscht. Die Fotos selbst bleiben erhalten.',
    eraseConfirm: 'Löschen',
    announce: (found: number, done: number, total: number) =>
      `${many(found, PHOTOS)} gefunden. ${number(done)} von ${number(total)} durchsucht.`,
    announceDone: (found: number, maybe: number) =>
      `Suche beendet. ${many(found, PHOTOS)} gefunden.${maybe > 0 ? ` Auf ${number(maybe)} weiteren bist vielleicht du.` : ''}`,
    title: (found: number) => `(${number(found)}) Meine Fotos`,
  },

  /** Earlier searches of this browser, below the form. */
  earlier: {
    heading: 'Suchen der letzten Stunde',
    hint: 'Nur dieser Browser zeigt sie.',
    remove: (search: string) => `${name(search)} löschen`,
    clear: 'Alle löschen',
    removed: (count: number) => many(count, { one: '# Suche gelöscht.', other: '# Suchen gelöscht.' }),
    back: 'Zurück zu diesen Ergebnissen',
  },

  certainty: {
    sure: { short: 'Sicher du', long: 'Das bist mit großer Sicherheit du.' },
    likely: { short: 'Wohl du', long: 'Das bist wahrscheinlich du.' },
    possible: { short: 'Vielleicht du', long: 'Das könntest du sein.' },
    look_alike: { short: 'Ähnlich?', long: 'Das könnte jemand sein, der dir ähnlich sieht.' },
    confirmed: { short: 'Du', long: 'Du hast gesagt, dass du das bist.' },
  },

  maybe: {
    heading: 'Vielleicht du',
    lead: 'Bei diesen Fotos sind wir nicht sicher. Bist du darauf?',
    decided: 'Du hast alle angesehen.',
    list: 'Fotos, auf denen du sein könntest',
    me: 'Das bin ich',
    notMe: 'Nicht ich',
    meName: (name: string) => `Das bin ich: ${name}`,
    notMeName: (name: string) => `Nicht ich: ${name}`,
    refused: (count: number) => `${many(count, PHOTOS)} ausgeblendet.`,
    confirmed: (count: number) => `${many(count, PHOTOS)} zu deinen hinzugefügt.`,
    undo: 'Wieder zeigen',
    undoConfirmed: 'Rückgängig',
  },

  photo: {
    list: 'Fotos von dir',
    open: (name: string, certainty: string) => `${name} öffnen. ${certainty}.`,
    select: (name: string) => `${name} auswählen`,
    noPreview: 'Keine Vorschau',
    inDrive: 'In Drive öffnen',
    download: 'Herunterladen',
    qr: 'QR-Code',
    qrAlt: (name: string) => `QR-Code für ${name}`,
    previous: 'Vorheriges Foto',
    next: 'Nächstes Foto',
    position: (index: number, total: number) => `${number(index)} von ${number(total)}`,
    meToo: 'Das bin ich auch',
    faceUnknown: 'Dieses Gesicht ist nicht mehr bekannt. Nimm stattdessen noch ein Selfie.',
    face: 'Das gefundene Gesicht',
  },

  selection: {
    region: 'Ausgewählte Fotos',
    all: 'Alle wählen',
    none: 'Auswahl aufheben',
    count: (count: number) => `${many(count, PHOTOS)} ausgewählt`,
    download: (count: number) => `${number(count)} als ZIP laden`,
    packing: (done: number, total: number) => `${number(done)} von ${number(total)} vorbereitet …`,
    failed: (count: number) =>
      many(count, {
        one: '# Foto ließ sich nicht herunterladen und fehlt im ZIP.',
        other: '# Fotos ließen sich nicht herunterladen und fehlen im ZIP.',
      }),
    archive: 'fotos-von-mir.zip',
  },

  albums: {
    tab: 'Alben',
    heading: 'Alben',
    lead: 'Öffne einen Ordner für Gäste: Mit dem Link finden sie per Selfie ihre Fotos, ohne Konto.',
    new: 'Neues Album',
    source: 'Welche Fotos?',
    details: 'Für Gäste',
    title: 'Titel',
    titleHint: 'Ohne Angabe der Name des Ordners.',
    titleWhere: 'Gäste sehen ihn auf ihrer Seite und auf dem Plakat.',
    code: 'Code',
    codeHint: 'Freiwillig. 4 bis 32 Buchstaben oder Ziffern, die Gäste eingeben müssen.',
    codeKept: 'Es gibt einen Code. Gib einen anderen ein, um ihn zu ersetzen; leer gelassen bleibt er.',
    dropCode: 'Kein Code mehr',
    codeWrong: 'Ein Code hat 4 bis 32 Buchstaben oder Ziffern.',
    until: 'Letzter Tag',
    untilHint: 'Danach wird alles über die Gesichter im Album gelöscht. Höchstens 180 Tage.',
    create: 'Album anlegen',
    creating: 'Album wird angelegt …',
    list: 'Deine Alben',
    none: 'Es gibt noch keine Alben.',
    indexing: (done: number, total: number) =>
      `Gesichter werden gesucht: ${number(done)} von ${many(total, PHOTOS)}`,
    progress: (title: string) => `Fortschritt von ${title}`,
    photos: 'Fotos',
    faces: 'Gesichter',
    failed: 'Nicht lesbar',
    showFailed: 'Zeigen, welche',
    failedHeading: 'Fotos, die sich nicht öffnen ließen',
    searches: 'Suchen',
    ends: (date: Date) => `Bis ${day(date)}`,
    withCode: 'mit Code',
    withoutCode: 'ohne Code',
    closed: 'geschlossen',
    authorisation: {
      uploader: 'mit dem Konto gelesen, das hochlädt',
      service_account: 'mit einem Dienstkonto gelesen',
      api_key: 'gelesen, weil jeder den Ordner sehen darf',
      directory: 'von diesem Server gelesen',
    },
    link: 'Link für Gäste',
    onlyHere:
      'Nur dieser Rechner kann diese Links öffnen. Für Handys in deinem Netz starte den Server mit: npm start -- --booth',
    poster: 'Plakat',
    change: 'Ändern',
    save: 'Speichern',
    close: 'Album schließen',
    open: 'Wieder öffnen',
    erase: 'Löschen',
    eraseHeading: (title: string) => `${name(title)} löschen?`,
    eraseText:
      'Der Link funktioniert dann nicht mehr, und alles über die Gesichter darin wird sofort gelöscht. Die Fotos selbst bleiben erhalten.',
    unavailable: 'Dieser Server ist nicht für Alben eingerichtet.',
  },

  poster: {
    heading: 'Plakat',
    paper: 'Papier',
    lead: 'Finde die Fotos, auf denen du bist',
    steps: ['Scanne den Code mit deinem Handy.', 'Nimm ein Selfie auf.', 'Sieh dir deine Fotos an.'],
    code: 'Du wirst nach einem Code gefragt: Frag die Gastgeber.',
    qrAlt: (title: string) => `QR-Code für ${title}`,
  },

  share: {
    share: 'Teilen',
    now: 'Jetzt teilen',
    fetching: (index: number, total: number) =>
      total === 1 ? 'Wird vorbereitet …' : `${number(index)} von ${number(total)} wird vorbereitet …`,
    failed: 'Diese Fotos ließen sich nicht teilen. Lade sie stattdessen herunter.',
    tooLarge: (count: number) =>
      count === 1
        ? 'Dieses Foto ist zum Teilen zu groß. Lade es stattdessen herunter.'
        : 'Zusammen sind diese Fotos zum Teilen zu groß. Lade sie als ZIP herunter.',
    tooMany: (limit: number) =>
      `Dieser Browser teilt höchstens ${number(limit)} Fotos auf einmal. Lade sie als ZIP herunter.`,
  },

  picture: {
    tab: 'Dein Bild',
    heading: 'Dein Bild',
    loading: 'Dein Bild wird geladen',
    share: 'Teilen',
    save: 'Speichern',
    drive: 'In Google Drive öffnen',
    again: 'Noch einmal versuchen',
    hidden: 'Dieser Browser kann solche Bilder nicht zeigen. Speichere es, um es anzusehen.',
    shareFailed: 'Das Bild ließ sich nicht teilen. Speichere es stattdessen.',
    gone: {
      heading: 'Dieses Bild gibt es hier nicht mehr',
      words: 'Vielleicht wurde es gelöscht. Frag die Person, von der du den QR-Code hast.',
    },
    unreachable: {
      heading: 'Das Bild lässt sich nicht laden',
      words: 'Prüfe deine Verbindung. Auf einer Feier musst du vielleicht in deren WLAN sein.',
    },
  },

  handOut: {
    tab: 'Bild teilen',
    heading: 'Ein Bild teilen',
    lead: 'Lade ein fertiges Bild hoch, und dein Gast holt es sich mit einem QR-Code.',
    drop: 'Bild hierher ziehen',
    choose: 'Bild auswählen',
    list: 'Hochgeladene Bilder',
    uploading: (done: number) => `Wird hochgeladen, ${percent(done)}`,
    storing: 'Wird gespeichert …',
    progress: (name: string) => `${name} wird hochgeladen`,
    waits: 'Wartet',
    postponed: 'Der Server konnte dieses Bild noch nicht annehmen. Es wird von selbst noch einmal versucht.',
    interrupted: 'Keine Verbindung. Sobald sie wieder da ist, geht es von selbst weiter.',
    left: (count: number) =>
      many(count, { one: 'Noch # Bild hochzuladen', other: 'Noch # Bilder hochzuladen' }),
    lost: 'Die Seite wurde geschlossen, bevor dieses Bild hochgeladen war. Wähle es noch einmal aus.',
    open: 'Öffnen',
    onlyHere:
      'Nur dieser Rechner kann die Links und QR-Codes öffnen. Für Handys in deinem Netz starte den Server mit: npm start -- --booth',
    moved:
      'Die Netzwerkadresse dieses Rechners hat sich geändert: Links und QR-Codes von vorher führen ins Leere. Zeige, drucke oder verschicke diese hier noch einmal.',
    movedSeen: 'Verstanden',
    printAll: 'Alle drucken',
    clear: 'Liste leeren',
    stays:
      'Bilder, die du aus der Liste entfernst, werden nicht gelöscht: Ihre Links und QR-Codes funktionieren weiter.',
    ready: 'Bereit zum Teilen',
    enlarge: 'QR-Code groß zeigen',
    scanMe: 'Scanne und hol dir dein Bild',
    qrAlt: (name: string) => `QR-Code für ${name}`,
    retry: 'Noch einmal versuchen',
    remove: (name: string) => `${name} aus der Liste entfernen`,
    notAPicture: (file: string) => `${name(file)} ist kein Bild.`,
    tooLarge: (file: string, limit: number) => `${name(file)} ist größer als ${megabytes(limit)}.`,
    unavailable: 'Dieser Server ist nicht zum Teilen von Bildern eingerichtet.',
  },

  apiKey: {
    heading: 'API-Schlüssel nötig',
    why: 'Wer diesen Server betreibt, kann dir einen API-Schlüssel geben. Er bleibt, bis du diesen Tab schließt.',
    label: 'API-Schlüssel',
    save: 'Schlüssel verwenden',
    wrong: 'Der Server hat diesen Schlüssel nicht angenommen.',
  },

  errors: {
    unreachable: 'Der Server ist nicht zu erreichen. Prüfe deine Verbindung und versuche es noch einmal.',
    unreadable: 'Der Server hat unerwartet geantwortet. Versuche es gleich noch einmal.',
    internal: 'Auf dem Server ist etwas schiefgegangen. Versuche es gleich noch einmal.',
    rate_limited: 'Zu viele Anfragen von hier. Versuche es in ein paar Minuten noch einmal.',
    too_many_scans: 'Von hier laufen zu viele Suchen. Versuche es noch einmal, wenn eine davon beendet ist.',
    token_expired: 'Google hat dich abgemeldet. Melde dich wieder an.',
    oauth_failed: 'Google hat die Anmeldung nicht angenommen. Bitte versuche es noch einmal.',
    no_face: 'Auf deinem Selfie wurde kein Gesicht gefunden. Versuche es mit einem anderen Bild.',
    folder_not_found: 'Diesen Ordner gibt es nicht, oder er ist nicht mit dir geteilt.',
    too_many_files: 'Dieser Ordner hat mehr Fotos, als der Server durchsuchen kann.',
    image_too_large: 'Dieses Bild ist zu groß.',
    image_too_complex: 'Dieses Bild zu lesen dauert zu lange. Versuche ein anderes.',
    drive_unavailable: 'Google Drive antwortet nicht. Versuche es gleich noch einmal.',
    busy: 'Der Server ist ausgelastet. Versuche es in ein paar Sekunden noch einmal.',
    album_closed: 'Dieses Album ist gerade geschlossen.',
    album_code_wrong: 'Das ist nicht der Code dieses Albums.',
    album_ended: 'Dieses Album ist beendet.',
    album_not_found: 'Dieses Album gibt es nicht mehr.',
    body_too_large: 'Diese Datei ist zu groß.',
    file_too_large: 'Diese Datei ist zu groß.',
    invalid_link: 'Das ist kein Link zu einem Google-Drive-Ordner.',
    no_images: 'In diesem Ordner sind keine Fotos.',
    scan_not_found: 'Diese Suche ist seit über einer Stunde beendet oder wurde gelöscht.',
    oauth_unavailable: 'Google antwortet nicht. Versuche es gleich noch einmal.',
    request_timeout: 'Die Verbindung ist zu langsam. Versuche es noch einmal.',
  },

  reasons: {
    not_an_image: 'Das ist kein Bild, oder es ist beschädigt.',
    format_not_searched: 'Bilder in diesem Format werden nicht durchsucht, als JPEG schon.',
    file_empty: 'Die Datei ist leer.',
    file_not_found: 'Die Datei gibt es nicht mehr.',
    image_too_large: 'Das Bild ist zu groß.',
    image_too_complex: 'Das Bild zu lesen dauert zu lange.',
    too_many_files: 'Es sind mehr Fotos, als der Server durchsuchen kann.',
    internal: 'Auf dem Server ist etwas schiefgegangen.',
    worker_failed: 'Auf dem Server ist etwas schiefgegangen.',
    scan_timed_out: 'Die Suche hat zu lange gedauert.',
    drive_unavailable: 'Google Drive hat nicht geantwortet.',
  },
})
export default de
