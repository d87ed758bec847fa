import type { Translate } from './en.ts'

const PHOTOS = { one: '# foto', other: '# fotos' }
const OF_YOU = { one: '# foto tuya', other: '# fotos tuyas' }

const es: Translate = ({ number, decimal, percent, megabytes, duration, day, time, name, many }) => ({
  product: 'Face Recon Drive',
  loading: 'Cargando…',
  close: 'Cerrar',
  cancel: 'Cancelar',
  copy: 'Copiar enlace',
  copied: 'Copiado',
  print: 'Imprimir',
  skipToContent: 'Ir al contenido',
  navigation: 'Secciones',
  language: 'Idioma',
  number,
  time,

  find: {
    tab: 'Mis fotos',
    heading: 'Encuentra tus fotos',
    lead: 'Elige dónde buscar y añade un selfi. Aquí aparecerán las fotos en las que sales.',
    start: 'Buscar mis fotos',
    starting: 'Empezando…',
    needsSelfie: 'Primero añade un selfi.',
    needsSignIn: 'Primero inicia sesión con Google.',
    needsLink: 'Primero pega el enlace a una carpeta de Google Drive.',
    checkingSelfies: 'Un momento, todavía estamos revisando tu selfi.',
    privacy:
      'Tus selfis solo se usan para encontrarte y nunca se guardan. Los resultados se pueden ver durante una hora después de la búsqueda y luego se borran. Los datos de las caras de las fotos se conservan un poco más para que la próxima búsqueda sea más rápida.',
  },

  source: {
    heading: '¿Dónde están las fotos?',
    all: 'Todas las fotos',
    link: 'Enlace a la carpeta de Google Drive',
    linkHint: 'En Google Drive, elige Compartir y luego Copiar enlace.',
    recursive: 'Incluir subcarpetas',
    signIn: 'Iniciar sesión con Google',
    signInWhy: 'Así podemos leer las fotos que han compartido contigo. No se cambia nada en tu Drive.',
    signedInAs: (email: string) => `Sesión iniciada como ${name(email)}`,
    signOut: 'Cerrar sesión',
    signingIn: 'Iniciando sesión…',
    denied: 'No se pudo iniciar sesión en Google, así que no podemos leer las fotos.',
    wrongState: 'Ese inicio de sesión no empezó en esta página. Vuelve a iniciar sesión.',
  },

  selfies: {
    heading: '¿Cómo eres?',
    hint: 'Basta con un selfi nítido. Añade hasta cinco para encontrar las fotos más difíciles.',
    take: 'Hacer un selfi',
    choose: 'Elegir una imagen',
    dropHere: 'Arrastra o pega imágenes aquí',
    list: 'Tus selfis',
    checking: 'Buscando tu cara…',
    ready: 'Cara encontrada',
    which: 'Hay varias caras. Toca la tuya: buscaremos la que está marcada.',
    faces: (index: number) => `Caras en el selfie ${number(index)}`,
    face: (index: number, total: number, place: string) =>
      `Cara ${number(index)} de ${number(total)}, ${place}`,
    place: { left: 'a la izquierda', middle: 'en el centro', right: 'a la derecha' },
    noFace: 'No se ve ninguna cara. Prueba con otra imagen, de frente y con buena luz.',
    remove: (index: number) => `Quitar el selfi ${number(index)}`,
    alt: (index: number) => `Selfi ${number(index)}`,
    tooMany: 'Puedes añadir hasta cinco selfis.',
    notAPicture: 'Ese archivo no es una imagen.',
  },

  album: {
    photos: (count: number, indexing: boolean) =>
      !indexing
        ? `${many(count, PHOTOS)}.`
        : count === 0
          ? 'Se están añadiendo fotos.'
          : `${many(count, PHOTOS)} por ahora, se están añadiendo más.`,
    lead: 'Hazte un selfi y aquí aparecerán las fotos en las que sales.',
    faceHeading: 'Qué pasa con tu cara',
    face: 'Tu selfi se compara con las caras de este álbum; no se guarda ni el selfi ni nada medido en él. La lista de tus fotos se borra al cabo de una hora, y solo esta página conserva tu selfi hasta que la cierres, para buscarte en las fotos nuevas.',
    consent: 'Acepto que mi selfi se compare con las caras de este álbum para encontrar fotos mías.',
    consentFirst: 'Primero marca la casilla de arriba.',
    code: 'Código',
    codeHint: 'Lo sabe quien te invitó.',
    needsConsent: 'Primero marca la casilla: sin tu consentimiento no te buscamos.',
    needsCode: 'Primero escribe el código de este álbum.',
    searching: 'Buscándote…',
    nothing:
      'Por ahora no se te ve con claridad en ninguna de estas fotos. Prueba con otro selfi, de frente y con buena luz.',
    nothingYet: 'En cuanto haya alguna, aparecerá aquí sola.',
    found: (count: number, indexing: boolean) =>
      count > 0
        ? many(count, OF_YOU)
        : indexing
          ? 'Todavía no hay fotos tuyas'
          : 'No hemos encontrado fotos tuyas',
    searched: (count: number) => many(count, { one: '# foto revisada.', other: '# fotos revisadas.' }),
    goesOn: (indexing: boolean) =>
      indexing
        ? 'Se están añadiendo más fotos.'
        : 'Tus fotos nuevas aparecerán aquí solas mientras esta página esté abierta.',
    newer: 'Han llegado fotos nuevas desde tu búsqueda. Hazte otro selfi para buscarte en ellas.',
    lookAgain: 'Hacer otro selfi',
    another: 'Otro selfi',
    back: 'Volver a mis fotos',
    fresh: (count: number) => many(count, { one: '# foto tuya nueva', other: '# fotos tuyas nuevas' }),
    showFresh: 'Ver',
    closed: {
      heading: 'Este álbum está cerrado por ahora',
      words: 'Quien te invitó puede volver a abrirlo. Esta página continuará entonces por sí sola.',
    },
    missing: {
      heading: 'No hay ningún álbum en esta dirección',
      words: 'Comprueba el enlace o vuelve a escanear el código QR. Puede que el álbum se haya borrado.',
    },
    ended: {
      heading: 'Este álbum ha terminado',
      words: 'Se ha borrado todo lo relativo a las caras. Pide las fotos a quien te invitó.',
    },
    unreachable: {
      heading: 'Sin conexión',
      words: 'Esta página continuará sola cuando vuelvas a tener conexión.',
    },
    lost: 'Sin conexión. Esta página continuará sola cuando vuelvas a tener conexión.',
    failedHeading: 'No se puede abrir este álbum',
    erase: 'Borrar resultados',
    eraseHeading: '¿Borrar tus resultados?',
    eraseText: 'La lista de fotos en las que sales se borra del servidor al momento. Las fotos no se borran.',
    announce: (count: number) =>
      many(count, { one: '# foto tuya encontrada.', other: '# fotos tuyas encontradas.' }),
    title: (album: string, found: number) => (found > 0 ? `(${number(found)}) ${album}` : album),
  },

  camera: {
    heading: 'Hacer un selfi',
    capture: 'Hacer la foto',
    preview: 'Vista previa de la cámara',
    denied:
      'Esta página no tiene permiso para usar la cámara. Dáselo en la barra de direcciones o elige una imagen que ya tengas.',
    missing: 'No hay cámara. Elige una imagen que ya tengas.',
    choose: 'Elegir una imagen',
  },

  scan: {
    heading: (found: number) => (found === 0 ? 'Buscándote…' : many(found, OF_YOU)),
    headingDone: (found: number) => (found === 0 ? 'No hemos encontrado fotos tuyas' : many(found, OF_YOU)),
    progress: 'Progreso de la búsqueda',
    counted: (done: number, total: number) => `${number(done)} de ${many(total, PHOTOS)}`,
    pace: (perSecond: number, seconds: number) =>
      `${perSecond >= 10 ? number(Math.round(perSecond)) : decimal(perSecond)} por segundo, quedan unos ${duration(seconds)}`,
    done: (total: number) => many(total, { one: '# foto revisada.', other: '# fotos revisadas.' }),
    stopped: (done: number, total: number) =>
      `Detenida: ${number(done)} de ${many(total, { one: '# foto revisada.', other: '# fotos revisadas.' })}`,
    stoppedEarly: 'Se detuvo antes de revisar todas las fotos.',
    keptAfter: 'Disponible una hora tras la búsqueda.',
    kept: (until: Date) => `Disponible hasta: ${time(until)}.`,
    found: 'Tuyas',
    noMatch: 'De otros',
    noFace: 'Sin caras',
    errors: 'No se abren',
    showErrors: 'Ver cuáles',
    errorsHeading: 'Fotos que no se pudieron abrir',
    leftOut: (reason: string) => `Faltan algunas fotos de esta carpeta. ${reason}`,
    nothing:
      'No se te ve con claridad en ninguna de estas fotos. Prueba con otro selfi, de frente y con buena luz.',
    nothingSoFar: 'No se te ve con claridad en ninguna de las fotos revisadas hasta ahora.',
    waiting: 'Las fotos irán apareciendo aquí.',
    lost: 'Se ha perdido la conexión. Reconectando… No se perderá ninguna foto.',
    polling: 'Sin conexión en directo. Las fotos aparecerán igualmente, con un poco de retraso.',
    expiredHeading: 'Google ha cerrado tu sesión',
    expired: 'Vuelve a iniciar sesión para seguir buscando. Las fotos encontradas se quedan aquí.',
    expiredLocalHeading: 'El acceso ha caducado',
    expiredLocal: 'Busca de nuevo para continuar. Las fotos encontradas se quedan aquí.',
    again: 'Buscar de nuevo',
    goneHeading: 'Esta búsqueda ya no está disponible',
    gone: 'Terminó hace más de una hora o se borró, y sus resultados ya no existen.',
    newSearch: 'Nueva búsqueda',
    stop: 'Parar',
    erase: 'Borrar resultados',
    eraseHeading: '¿Borrar esta búsqueda?',
    eraseText: 'Esta búsqueda y sus resultados se borrarán del servidor al momento. Las fotos no se borran.',
    eraseConfirm: 'Borrar',
    announce: (found: number, done: number, total: number) =>
      `${many(found, { one: '# foto encontrada', other: '# fotos encontradas' })}. ${number(done)} de ${number(total)} revisadas.`,
    announceDone: (found: number, maybe: number) =>
      `Búsqueda terminada. ${many(found, { one: '# foto encontrada', other: '# fotos encontradas' })}.${maybe > 0 ? ` Puede que salgas en ${number(maybe)} más.` : ''}`,
    title: (found: number) => `(${number(found)}) Mis fotos`,
  },

  /** Earlier searches of this browser, below the form. */
  earlier: {
    heading: 'Búsquedas de la última hora',
    hint: 'Solo las muestra este navegador.',
    remove: (search: string) => `Borrar ${name(search)}`,
    clear: 'Borrar todas',
    removed: (count: number) => many(count, { one: '# búsqueda borrada.', other: '# búsquedas borradas.' }),
    back: 'Volver a estos resultados',
  },

  certainty: {
    sure: { short: 'Seguro', long: 'Casi seguro que eres tú.' },
    likely: { short: 'Probable', long: 'Probablemente eres tú.' },
    possible: { short: '¿Eres tú?', long: 'Puede que seas tú.' },
    look_alike: { short: '¿Se parece?', long: 'Puede que sea alguien que se parece a ti.' },
    confirmed: { short: 'Tú', long: 'Has dicho que eres tú.' },
  },

  maybe: {
    heading: 'Quizá seas tú',
    lead: 'No estamos seguros de estas fotos. ¿Sales en ellas?',
    decided: 'Ya las has revisado todas.',
    list: 'Fotos en las que quizá sales',
    me: 'Soy yo',
    notMe: 'No soy yo',
    meName: (name: string) => `Soy yo: ${name}`,
    notMeName: (name: string) => `No soy yo: ${name}`,
    refused: (count: number) => many(count, { one: '# foto oculta.', other: '# fotos ocultas.' }),
    confirmed: (count: number) =>
      many(count, { one: '# foto añadida a las tuyas.', other: '# fotos añadidas a las tuyas.' }),
    undo: 'Volver a mostrar',
    undoConfirmed: 'Deshacer',
  },

  photo: {
    list: 'Fotos tuyas',
    open: (name: string, certainty: string) => `Abrir ${name}. ${certainty}.`,
    select: (name: string) => `Seleccionar ${name}`,
    noPreview: 'Sin vista previa',
    inDrive: 'Abrir en Drive',
    download: 'Descargar',
    qr: 'Código QR',
    qrAlt: (name: string) => `Código QR de ${name}`,
    previous: 'Foto anterior',
    next: 'Foto siguiente',
    position: (index: number, total: number) => `${number(index)} de ${number(total)}`,
    meToo: 'También soy yo',
    faceUnknown: 'Esta cara ya no se conoce. Añade otro selfie.',
    face: 'La cara encontrada',
  },

  selection: {
    region: 'Fotos seleccionadas',
    all: 'Seleccionar todas',
    none: 'Quitar selección',
    count: (count: number) => many(count, { one: '# foto seleccionada', other: '# fotos seleccionadas' }),
    download: (count: number) => `Descargar ${number(count)} en ZIP`,
    packing: (done: number, total: number) => `Preparando ${number(done)} de ${number(total)}…`,
    failed: (count: number) =>
      many(count, {
        one: '# foto no se pudo descargar y falta en el ZIP.',
        other: '# fotos no se pudieron descargar y faltan en el ZIP.',
      }),
    archive: 'mis-fotos.zip',
  },

  albums: {
    tab: 'Álbumes',
    heading: 'Álbumes',
    lead: 'Abre una carpeta a tus invitados: con el enlace encuentran sus fotos con un selfi, sin cuenta.',
    new: 'Nuevo álbum',
    source: '¿Qué fotos?',
    details: 'Para los invitados',
    title: 'Título',
    titleHint: 'Si no pones nada, el nombre de la carpeta.',
    titleWhere: 'Los invitados lo ven en su página y en el cartel.',
    code: 'Código',
    codeHint: 'Opcional. De 4 a 32 letras o cifras que los invitados tendrán que escribir.',
    codeKept: 'Ya hay un código. Escribe otro para cambiarlo; si lo dejas vacío, se queda como está.',
    dropCode: 'Quitar el código',
    codeWrong: 'El código tiene de 4 a 32 letras o cifras.',
    until: 'Último día',
    untilHint: 'Después se borra todo lo relativo a las caras del álbum. Como máximo, 180 días.',
    create: 'Crear álbum',
    creating: 'Creando el álbum…',
    list: 'Tus álbumes',
    none: 'Todavía no hay álbumes.',
    indexing: (done: number, total: number) => `Buscando caras: ${number(done)} de ${many(total, PHOTOS)}`,
    progress: (title: string) => `Progreso de ${title}`,
    photos: 'Fotos',
    faces: 'Caras',
    failed: 'No se abren',
    showFailed: 'Ver cuáles',
    failedHeading: 'Fotos que no se pudieron abrir',
    searches: 'Búsquedas',
    ends: (date: Date) => `Hasta el ${day(date)}`,
    withCode: 'con código',
    withoutCode: 'sin código',
    closed: 'cerrado',
    authorisation: {
      uploader: 'leído con la cuenta que sube las imágenes',
      service_account: 'leído con una cuenta de servicio',
      api_key: 'leído porque cualquiera puede ver la carpeta',
      directory: 'leído de este servidor',
    },
    link: 'Enlace para los invitados',
    onlyHere:
      'Estos enlaces solo se abren en este equipo. Para los móviles de tu red, inicia el servidor con: npm start -- --booth',
    poster: 'Cartel',
    change: 'Cambiar',
    save: 'Guardar',
    close: 'Cerrar álbum',
    open: 'Volver a abrir',
    erase: 'Borrar',
    eraseHeading: (title: string) => `¿Borrar ${name(title)}?`,
    eraseText:
      'Su enlace dejará de funcionar y todo lo relativo a las caras se borrará al momento. Las fotos no se borran.',
    unavailable: 'Este servidor no está preparado para álbumes.',
  },

  poster: {
    heading: 'Cartel',
    paper: 'Papel',
    lead: 'Encuentra las fotos en las que sales',
    steps: ['Escanea el código con tu móvil.', 'Hazte un selfi.', 'Mira tus fotos.'],
    code: 'Se te pedirá un código: pregunta a los anfitriones.',
    qrAlt: (title: string) => `Código QR de ${title}`,
  },

  share: {
    share: 'Compartir',
    now: 'Compartir ahora',
    fetching: (index: number, total: number) =>
      total === 1 ? 'Preparando…' : `Preparando ${number(index)} de ${number(total)}…`,
    failed: 'No se pudieron compartir estas fotos. Descárgalas.',
    tooLarge: (count: number) =>
      count === 1
        ? 'Esta foto es demasiado grande para compartirla. Descárgala.'
        : 'Juntas, estas fotos son demasiado grandes para compartirlas. Descárgalas en un ZIP.',
    tooMany: (limit: number) =>
      `Este navegador comparte como máximo ${number(limit)} fotos a la vez. Descárgalas en un ZIP.`,
  },

  picture: {
    tab: 'Tu foto',
    heading: 'Tu foto',
    loading: 'Cargando tu foto',
    share: 'Compartir',
    save: 'Guardar',
    drive: 'Abrir en Google Drive',
    again: 'Reintentar',
    hidden: 'Este navegador no puede mostrar este tipo de imagen. Guárdala para verla.',
    shareFailed: 'No se pudo compartir la foto. Guárdala.',
    gone: {
      heading: 'Esta foto ya no está aquí',
      words: 'Puede que se haya borrado. Pregunta a quien te dio el código QR.',
    },
    unreachable: {
      heading: 'No se puede cargar la foto',
      words: 'Comprueba tu conexión. En un evento, quizá tengas que conectarte a su wifi.',
    },
  },

  handOut: {
    tab: 'Compartir foto',
    heading: 'Compartir una foto',
    lead: 'Sube una foto terminada y tu invitado la recibirá escaneando un código QR.',
    drop: 'Arrastra una foto aquí',
    choose: 'Elegir una foto',
    list: 'Fotos subidas',
    uploading: (done: number) => `Subiendo, ${percent(done)}`,
    storing: 'Guardando…',
    progress: (name: string) => `Subiendo ${name}`,
    waits: 'En espera',
    postponed: 'El servidor aún no ha podido recibir esta foto. Se vuelve a intentar automáticamente.',
    interrupted: 'No hay conexión. La subida seguirá sola cuando vuelva.',
    left: (count: number) =>
      many(count, { one: 'Queda # foto por subir', other: 'Quedan # fotos por subir' }),
    lost: 'La página se cerró antes de que se subiera esta foto. Vuelve a elegirla.',
    open: 'Abrir',
    onlyHere:
      'Los enlaces y códigos QR solo se abren en este equipo. Para los móviles de tu red, inicia el servidor con: npm start -- --booth',
    moved:
      'La dirección de red de este equipo ha cambiado: los enlaces y códigos QR de antes ya no llevan a ninguna parte. Vuelve a mostrar, imprimir o enviar estos.',
    movedSeen: 'Entendido',
    printAll: 'Imprimir todo',
    clear: 'Vaciar la lista',
    stays: 'Las fotos que quitas de la lista no se borran: sus enlaces y códigos QR siguen funcionando.',
    ready: 'Lista para compartir',
    enlarge: 'Ampliar el código QR',
    scanMe: 'Escanea para llevarte tu foto',
    qrAlt: (name: string) => `Código QR de ${name}`,
    retry: 'Reintentar',
    remove: (name: string) => `Quitar ${name} de la lista`,
    notAPicture: (file: string) => `${name(file)} no es una imagen.`,
    tooLarge: (file: string, limit: number) => `${name(file)} ocupa más de ${megabytes(limit)}.`,
    unavailable: 'Este servidor no está preparado para compartir fotos.',
  },

  apiKey: {
    heading: 'Hace falta una clave de API',
    why: 'Quien administra este servidor puede darte una clave de API. Se conserva hasta que cierres esta pestaña.',
    label: 'Clave de API',
    save: 'Usar la clave',
    wrong: 'El servidor no ha aceptado esta clave.',
  },

  errors: {
    unreachable: 'No se puede conectar con el servidor. Comprueba tu conexión e inténtalo de nuevo.',
    unreadable: 'El servidor ha dado una respuesta inesperada. Inténtalo de nuevo en un momento.',
    internal: 'Algo ha fallado en el servidor. Inténtalo de nuevo en un momento.',
    rate_limited: 'Demasiadas peticiones desde aquí. Inténtalo de nuevo en unos minutos.',
    too_many_scans: 'Hay demasiadas búsquedas en marcha desde aquí. Inténtalo cuando termine alguna.',
    token_expired: 'Google ha cerrado tu sesión. Vuelve a iniciar sesión.',
    oauth_failed: 'Google no ha aceptado el inicio de sesión. Inténtalo de nuevo.',
    no_face: 'No se ve ninguna cara en tu selfi. Prueba con otra imagen.',
    folder_not_found: 'Esta carpeta no existe o no la han compartido contigo.',
    too_many_files: 'Esta carpeta tiene más fotos de las que el servidor puede revisar.',
    image_too_large: 'Esta imagen es demasiado grande.',
    image_too_complex: 'Leer esta imagen lleva demasiado tiempo. Prueba con otra.',
    drive_unavailable: 'Google Drive no responde. Inténtalo de nuevo en un momento.',
    busy: 'El servidor está ocupado. Inténtalo de nuevo en unos segundos.',
    album_closed: 'Este álbum está cerrado por ahora.',
    album_code_wrong: 'Ese no es el código de este álbum.',
    album_ended: 'Este álbum ha terminado.',
    album_not_found: 'Este álbum ya no existe.',
    body_too_large: 'Este archivo es demasiado grande.',
    file_too_large: 'Este archivo es demasiado grande.',
    invalid_link: 'Esto no es un enlace a una carpeta de Google Drive.',
    no_images: 'No hay fotos en esta carpeta.',
    scan_not_found: 'Esta búsqueda terminó hace más de una hora o se borró.',
    oauth_unavailable: 'Google no responde. Inténtalo de nuevo en un momento.',
    request_timeout: 'La conexión es demasiado lenta. Inténtalo de nuevo.',
  },

  reasons: {
    not_an_image: 'No es una imagen o está dañada.',
    format_not_searched: 'Las imágenes de este formato no se revisan. En JPEG, sí.',
    file_empty: 'El archivo está vacío.',
    file_not_found: 'El archivo ya no existe.',
    image_too_large: 'La imagen es demasiado grande.',
    image_too_complex: 'Leer la imagen lleva demasiado tiempo.',
    too_many_files: 'Hay más fotos de las que el servidor puede revisar.',
    internal: 'Algo ha fallado en el servidor.',
    worker_failed: 'Algo ha fallado en el servidor.',
    scan_timed_out: 'La búsqueda ha tardado demasiado.',
    drive_unavailable: 'Google Drive no ha respondido.',
  },
})
export default es
