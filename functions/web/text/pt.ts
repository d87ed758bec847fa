import type { Translate } from './en.ts'

const PHOTOS = { one: '# foto', other: '# fotos' }
const OF_YOU = { one: '# foto sua', other: '# fotos suas' }

const pt: Translate = ({ number, decimal, percent, megabytes, duration, day, time, name, many }) => ({
  product: 'Face Recon Drive',
  loading: 'Carregando…',
  close: 'Fechar',
  cancel: 'Cancelar',
  copy: 'Copiar link',
  copied: 'Copiado',
  print: 'Imprimir',
  skipToContent: 'Ir para o conteúdo',
  navigation: 'Seções',
  language: 'Idioma',
  number,
  time,

  find: {
    tab: 'Minhas fotos',
    heading: 'Encontre suas fotos',
    lead: 'Escolha onde procurar e adicione uma selfie. As fotos em que você aparece surgirão aqui.',
    start: 'Encontrar minhas fotos',
    starting: 'Começando…',
    needsSelfie: 'Primeiro, adicione uma selfie.',
    needsSignIn: 'Primeiro, entre com o Google.',
    needsLink: 'Primeiro, cole o link de uma pasta do Google Drive.',
    checkingSelfies: 'Um momento, ainda estamos vendo sua selfie.',
    privacy:
      'Suas selfies são usadas apenas para encontrar você e nunca são guardadas. Os resultados ficam visíveis por uma hora depois da busca e então são apagados. Os dados dos rostos das fotos ficam guardados um pouco mais, para acelerar a próxima busca.',
  },

  source: {
    heading: 'Onde estão as fotos?',
    all: 'Todas as fotos',
    link: 'Link da pasta do Google Drive',
    linkHint: 'No Google Drive, escolha Compartilhar e depois Copiar link.',
    recursive: 'Incluir subpastas',
    signIn: 'Entrar com o Google',
    signInWhy: 'Assim podemos ler as fotos compartilhadas com você. Nada muda no seu Drive.',
    signedInAs: (email: string) => `Conectado como ${name(email)}`,
    signOut: 'Sair',
    signingIn: 'Entrando…',
    denied: 'Não foi possível entrar no Google, por isso as fotos não podem ser lidas.',
    wrongState: 'Esse acesso não começou nesta página. Entre novamente.',
  },

  selfies: {
    heading: 'Como você é?',
    hint: 'Uma selfie nítida basta. Adicione até cinco para achar também as fotos mais difíceis.',
    take: 'Tirar uma selfie',
    choose: 'Escolher uma imagem',
    dropHere: 'Arraste ou cole imagens aqui',
    list: 'Suas selfies',
    checking: 'Procurando seu rosto…',
    ready: 'Rosto encontrado',
    which: 'Há vários rostos. Toque no seu: vamos procurar o que está marcado.',
    faces: (index: number) => `Rostos na selfie ${number(index)}`,
    face: (index: number, total: number, place: string) =>
      `Rosto ${number(index)} de ${number(total)}, ${place}`,
    place: { left: 'à esquerda', middle: 'no meio', right: 'à direita' },
    noFace: 'Nenhum rosto encontrado. Tente outra imagem, de frente e com boa luz.',
    remove: (index: number) => `Remover a selfie ${number(index)}`,
    alt: (index: number) => `Selfie ${number(index)}`,
    tooMany: 'Você pode adicionar até cinco selfies.',
    notAPicture: 'Esse arquivo não é uma imagem.',
  },

  album: {
    photos: (count: number, indexing: boolean) =>
      !indexing
        ? `${many(count, PHOTOS)}.`
        : count === 0
          ? 'As fotos estão sendo adicionadas.'
          : `${many(count, PHOTOS)} até agora, e mais estão chegando.`,
    lead: 'Tire uma selfie, e as fotos em que você aparece surgirão aqui.',
    faceHeading: 'O que acontece com seu rosto',
    face: 'Sua selfie é comparada com os rostos deste álbum; nem ela nem nada medido nela é guardado. A lista das suas fotos é apagada depois de uma hora, e só esta página fica com sua selfie até você fechá-la, para procurar você nas fotos novas.',
    consent:
      'Concordo que minha selfie seja comparada com os rostos deste álbum para encontrar fotos minhas.',
    consentFirst: 'Primeiro, marque a caixa acima.',
    code: 'Código',
    codeHint: 'Quem convidou você sabe o código.',
    needsConsent: 'Primeiro, marque a caixa: sem seu consentimento, não procuramos você.',
    needsCode: 'Primeiro, digite o código deste álbum.',
    searching: 'Procurando você…',
    nothing:
      'Até agora, você não aparece com clareza em nenhuma destas fotos. Tente outra selfie, de frente e com boa luz.',
    nothingYet: 'Assim que houver alguma, ela aparece aqui sozinha.',
    found: (count: number, indexing: boolean) =>
      count > 0 ? many(count, OF_YOU) : indexing ? 'Ainda não há fotos suas' : 'Nenhuma foto sua encontrada',
    searched: (count: number) => many(count, { one: '# foto verificada.', other: '# fotos verificadas.' }),
    goesOn: (indexing: boolean) =>
      indexing
        ? 'Mais fotos estão sendo adicionadas.'
        : 'Novas fotos suas aparecem aqui sozinhas enquanto esta página estiver aberta.',
    newer: 'Chegaram fotos novas desde a sua busca. Tire outra selfie para se procurar nelas.',
    lookAgain: 'Tirar outra selfie',
    another: 'Outra selfie',
    back: 'Voltar às minhas fotos',
    fresh: (count: number) => many(count, { one: '# foto nova sua', other: '# fotos novas suas' }),
    showFresh: 'Ver',
    closed: {
      heading: 'Este álbum está fechado no momento',
      words: 'Quem convidou você pode abri-lo de novo. Aí esta página continua sozinha.',
    },
    missing: {
      heading: 'Não há nenhum álbum neste endereço',
      words: 'Confira o link ou leia o QR code de novo. O álbum também pode ter sido apagado.',
    },
    ended: {
      heading: 'Este álbum terminou',
      words: 'Tudo sobre os rostos foi apagado. Peça as fotos a quem convidou você.',
    },
    unreachable: {
      heading: 'Sem conexão',
      words: 'Esta página continua sozinha quando a conexão voltar.',
    },
    lost: 'Sem conexão. Esta página continua sozinha quando a conexão voltar.',
    failedHeading: 'Não foi possível abrir este álbum',
    erase: 'Apagar resultados',
    eraseHeading: 'Apagar seus resultados?',
    eraseText: 'A lista das fotos em que você aparece é apagada do servidor na hora. As fotos continuam lá.',
    announce: (count: number) =>
      many(count, { one: '# foto sua encontrada.', other: '# fotos suas encontradas.' }),
    title: (album: string, found: number) => (found > 0 ? `(${number(found)}) ${album}` : album),
  },

  camera: {
    heading: 'Tirar uma selfie',
    capture: 'Tirar foto',
    preview: 'Imagem da câmera',
    denied:
      'Esta página não tem permissão para usar a câmera. Permita na barra de endereço ou escolha uma imagem que você já tem.',
    missing: 'Nenhuma câmera encontrada. Escolha uma imagem que você já tem.',
    choose: 'Escolher uma imagem',
  },

  scan: {
    heading: (found: number) => (found === 0 ? 'Procurando você…' : many(found, OF_YOU)),
    headingDone: (found: number) => (found === 0 ? 'Nenhuma foto sua encontrada' : many(found, OF_YOU)),
    progress: 'Andamento da busca',
    counted: (done: number, total: number) => `${number(done)} de ${many(total, PHOTOS)}`,
    pace: (perSecond: number, seconds: number) =>
      `${perSecond >= 10 ? number(Math.round(perSecond)) : decimal(perSecond)} por segundo, faltam cerca de ${duration(seconds)}`,
    done: (total: number) => many(total, { one: '# foto verificada.', other: '# fotos verificadas.' }),
    stopped: (done: number, total: number) =>
      `Busca parada: ${number(done)} de ${many(total, { one: '# foto verificada.', other: '# fotos verificadas.' })}`,
    stoppedEarly: 'A busca parou antes de verificar todas as fotos.',
    keptAfter: 'Disponível por uma hora após a busca.',
    kept: (until: Date) => `Disponível até ${time(until)}.`,
    found: 'Suas',
    noMatch: 'De outros',
    noFace: 'Sem rosto',
    errors: 'Não abriram',
    showErrors: 'Ver quais',
    errorsHeading: 'Fotos que não puderam ser abertas',
    leftOut: (reason: string) => `Algumas fotos desta pasta ficaram de fora. ${reason}`,
    nothing:
      'Você não aparece com clareza em nenhuma destas fotos. Tente outra selfie, de frente e com boa luz.',
    nothingSoFar: 'Você não aparece com clareza em nenhuma das fotos verificadas até agora.',
    waiting: 'As fotos aparecem aqui conforme são encontradas.',
    lost: 'Conexão perdida. Reconectando… Nenhuma foto será perdida.',
    polling: 'Sem conexão ao vivo. As fotos aparecem mesmo assim, com um pequeno atraso.',
    expiredHeading: 'O Google desconectou você',
    expired: 'Entre de novo para continuar a busca. As fotos já encontradas ficam aqui.',
    expiredLocalHeading: 'O acesso expirou',
    expiredLocal: 'Busque de novo para continuar. As fotos já encontradas ficam aqui.',
    again: 'Buscar de novo',
    goneHeading: 'Esta busca não está mais disponível',
    gone: 'Ela terminou há mais de uma hora ou foi apagada, e os resultados não existem mais.',
    newSearch: 'Nova busca',
    stop: 'Parar',
    erase: 'Apagar resultados',
    eraseHeading: 'Apagar esta busca?',
    eraseText:
      'Esta busca e os resultados serão apagados do servidor na hora. As fotos em si não são apagadas.',
    eraseConfirm: 'Apagar',
    announce: (found: number, done: number, total: number) =>
      `${many(found, { one: '# foto encontrada', other: '# fotos encontradas' })}. ${number(done)} de ${number(total)} verificadas.`,
    announceDone: (found: number, maybe: number) =>
      `Busca concluída. ${many(found, { one: '# foto encontrada', other: '# fotos encontradas' })}.${maybe > 0 ? ` Talvez você esteja em mais ${number(maybe)}.` : ''}`,
    title: (found: number) => `(${number(found)}) Minhas fotos`,
  },

  /** Earlier searches of this browser, below the form. */
  earlier: {
    heading: 'Buscas da última hora',
    hint: 'Só este navegador as mostra.',
    remove: (search: string) => `Apagar ${name(search)}`,
    clear: 'Apagar todas',
    removed: (count: number) => many(count, { one: '# busca apagada.', other: '# buscas apagadas.' }),
    back: 'Voltar a estes resultados',
  },

  certainty: {
    sure: { short: 'Com certeza', long: 'Quase com certeza é você.' },
    likely: { short: 'Provável', long: 'Provavelmente é você.' },
    possible: { short: 'Talvez você', long: 'Talvez seja você.' },
    look_alike: { short: 'Parecido?', long: 'Talvez seja alguém parecido com você.' },
    confirmed: { short: 'Você', long: 'Você disse que é você.' },
  },

  maybe: {
    heading: 'Talvez você',
    lead: 'Não temos certeza sobre estas fotos. Você está nelas?',
    decided: 'Você já viu todas.',
    list: 'Fotos em que talvez você esteja',
    me: 'Sou eu',
    notMe: 'Não sou eu',
    meName: (name: string) => `Sou eu: ${name}`,
    notMeName: (name: string) => `Não sou eu: ${name}`,
    refused: (count: number) => many(count, { one: '# foto oculta.', other: '# fotos ocultas.' }),
    confirmed: (count: number) =>
      many(count, { one: '# foto adicionada às suas.', other: '# fotos adicionadas às suas.' }),
    undo: 'Mostrar de novo',
    undoConfirmed: 'Desfazer',
  },

  photo: {
    list: 'Fotos suas',
    open: (name: string, certainty: string) => `Abrir ${name}. ${certainty}.`,
    select: (name: string) => `Selecionar ${name}`,
    noPreview: 'Sem prévia',
    inDrive: 'Abrir no Drive',
    download: 'Baixar',
    qr: 'QR code',
    qrAlt: (name: string) => `QR code de ${name}`,
    previous: 'Foto anterior',
    next: 'Próxima foto',
    position: (index: number, total: number) => `${number(index)} de ${number(total)}`,
    meToo: 'Também sou eu',
    faceUnknown: 'Este rosto não é mais conhecido. Adicione outra selfie.',
    face: 'O rosto encontrado',
  },

  selection: {
    region: 'Fotos selecionadas',
    all: 'Selecionar todas',
    none: 'Limpar seleção',
    count: (count: number) => many(count, { one: '# foto selecionada', other: '# fotos selecionadas' }),
    download: (count: number) => `Baixar ${number(count)} em ZIP`,
    packing: (done: number, total: number) => `Preparando ${number(done)} de ${number(total)}…`,
    failed: (count: number) =>
      many(count, {
        one: '# foto não pôde ser baixada e falta no ZIP.',
        other: '# fotos não puderam ser baixadas e faltam no ZIP.',
      }),
    archive: 'minhas-fotos.zip',
  },

  albums: {
    tab: 'Álbuns',
    heading: 'Álbuns',
    lead: 'Abra uma pasta para os convidados: com o link, eles encontram suas fotos com uma selfie, sem conta.',
    new: 'Novo álbum',
    source: 'Quais fotos?',
    details: 'Para os convidados',
    title: 'Título',
    titleHint: 'Se ficar vazio, o nome da pasta.',
    titleWhere: 'Os convidados o veem na página e no cartaz.',
    code: 'Código',
    codeHint: 'Opcional. De 4 a 32 letras ou números que os convidados precisam digitar.',
    codeKept: 'Já existe um código. Digite outro para trocá-lo; se ficar vazio, ele continua.',
    dropCode: 'Tirar o código',
    codeWrong: 'O código tem de 4 a 32 letras ou números.',
    until: 'Último dia',
    untilHint: 'Depois disso, tudo sobre os rostos do álbum é apagado. No máximo 180 dias.',
    create: 'Criar álbum',
    creating: 'Criando o álbum…',
    list: 'Seus álbuns',
    none: 'Ainda não há álbuns.',
    indexing: (done: number, total: number) => `Procurando rostos: ${number(done)} de ${many(total, PHOTOS)}`,
    progress: (title: string) => `Andamento de ${title}`,
    photos: 'Fotos',
    faces: 'Rostos',
    failed: 'Não abriram',
    showFailed: 'Ver quais',
    failedHeading: 'Fotos que não puderam ser abertas',
    searches: 'Buscas',
    ends: (date: Date) => `Até ${day(date)}`,
    withCode: 'com código',
    withoutCode: 'sem código',
    closed: 'fechado',
    authorisation: {
      uploader: 'lido com a conta que envia as imagens',
      service_account: 'lido com uma conta de serviço',
      api_key: 'lido porque qualquer pessoa pode ver a pasta',
      directory: 'lido deste servidor',
    },
    link: 'Link para os convidados',
    onlyHere:
      'Só este computador abre estes links. Para celulares na sua rede, inicie o servidor com: npm start -- --booth',
    poster: 'Cartaz',
    change: 'Alterar',
    save: 'Salvar',
    close: 'Fechar álbum',
    open: 'Abrir de novo',
    erase: 'Apagar',
    eraseHeading: (title: string) => `Apagar ${name(title)}?`,
    eraseText:
      'O link para de funcionar, e tudo sobre os rostos é apagado na hora. As fotos em si continuam lá.',
    unavailable: 'Este servidor não está preparado para álbuns.',
  },

  poster: {
    heading: 'Cartaz',
    paper: 'Papel',
    lead: 'Encontre as fotos em que você aparece',
    steps: ['Leia o código com seu celular.', 'Tire uma selfie.', 'Veja suas fotos.'],
    code: 'Um código será pedido: pergunte aos anfitriões.',
    qrAlt: (title: string) => `QR code de ${title}`,
  },

  share: {
    share: 'Compartilhar',
    now: 'Compartilhar agora',
    fetching: (index: number, total: number) =>
      total === 1 ? 'Preparando…' : `Preparando ${number(index)} de ${number(total)}…`,
    failed: 'Não foi possível compartilhar estas fotos. Baixe-as.',
    tooLarge: (count: number) =>
      count === 1
        ? 'Esta foto é grande demais para compartilhar. Baixe-a.'
        : 'Juntas, estas fotos são grandes demais para compartilhar. Baixe-as em um ZIP.',
    tooMany: (limit: number) =>
      `Este navegador compartilha no máximo ${number(limit)} fotos por vez. Baixe-as em um ZIP.`,
  },

  picture: {
    tab: 'Sua foto',
    heading: 'Sua foto',
    loading: 'Carregando sua foto',
    share: 'Compartilhar',
    save: 'Salvar',
    drive: 'Abrir no Google Drive',
    again: 'Tentar de novo',
    hidden: 'Este navegador não mostra esse tipo de imagem. Salve-a para ver.',
    shareFailed: 'Não foi possível compartilhar a foto. Salve-a.',
    gone: {
      heading: 'Esta foto não está mais aqui',
      words: 'Talvez tenha sido apagada. Pergunte a quem deu o QR code a você.',
    },
    unreachable: {
      heading: 'Não foi possível carregar a foto',
      words: 'Verifique sua conexão. Em um evento, talvez seja preciso usar o Wi-Fi do local.',
    },
  },

  handOut: {
    tab: 'Enviar foto',
    heading: 'Compartilhar uma foto',
    lead: 'Envie uma foto pronta, e seu convidado a recebe lendo um QR code.',
    drop: 'Arraste uma foto aqui',
    choose: 'Escolher uma foto',
    list: 'Fotos enviadas',
    uploading: (done: number) => `Enviando, ${percent(done)}`,
    storing: 'Salvando…',
    progress: (name: string) => `Enviando ${name}`,
    waits: 'Aguardando',
    postponed: 'O servidor ainda não conseguiu receber esta foto. A tentativa se repete sozinha.',
    interrupted: 'Sem conexão. O envio continua sozinho quando ela voltar.',
    left: (count: number) => many(count, { one: 'Falta enviar # foto', other: 'Faltam enviar # fotos' }),
    lost: 'A página foi fechada antes do envio desta foto. Escolha-a de novo.',
    open: 'Abrir',
    onlyHere:
      'Só este computador abre os links e QR codes. Para celulares na sua rede, inicie o servidor com: npm start -- --booth',
    moved:
      'O endereço de rede deste computador mudou: os links e QR codes de antes não levam a lugar nenhum. Mostre, imprima ou envie estes de novo.',
    movedSeen: 'Entendi',
    printAll: 'Imprimir tudo',
    clear: 'Limpar a lista',
    stays: 'As fotos que você tira da lista não são apagadas: os links e QR codes continuam funcionando.',
    ready: 'Pronta para compartilhar',
    enlarge: 'Ampliar o QR code',
    scanMe: 'Leia o código e receba sua foto',
    qrAlt: (name: string) => `QR code de ${name}`,
    retry: 'Tentar de novo',
    remove: (name: string) => `Remover ${name} da lista`,
    notAPicture: (file: string) => `${name(file)} não é uma imagem.`,
    tooLarge: (file: string, limit: number) => `${name(file)} tem mais de ${megabytes(limit)}.`,
    unavailable: 'Este servidor não está preparado para compartilhar fotos.',
  },

  apiKey: {
    heading: 'É preciso uma chave de API',
    why: 'Quem administra este servidor pode dar a você uma chave de API. Ela fica guardada até você fechar esta aba.',
    label: 'Chave de API',
    save: 'Usar a chave',
    wrong: 'O servidor não aceitou esta chave.',
  },

  errors: {
    unreachable: 'Não foi possível falar com o servidor. Verifique sua conexão e tente de novo.',
    unreadable: 'O servidor deu uma resposta inesperada. Tente de novo daqui a pouco.',
    internal: 'Algo deu errado no servidor. Tente de novo daqui a pouco.',
    rate_limited: 'Pedidos demais a partir daqui. Tente de novo em alguns minutos.',
    too_many_scans: 'Há buscas demais em andamento a partir daqui. Tente quando uma delas terminar.',
    token_expired: 'O Google desconectou você. Entre de novo.',
    oauth_failed: 'O Google não aceitou o acesso. Tente de novo.',
    no_face: 'Nenhum rosto foi encontrado na sua selfie. Tente outra imagem.',
    folder_not_found: 'Esta pasta não existe ou não foi compartilhada com você.',
    too_many_files: 'Esta pasta tem mais fotos do que o servidor consegue verificar.',
    image_too_large: 'Esta imagem é grande demais.',
    image_too_complex: 'Esta imagem demora demais para ser lida. Tente outra.',
    drive_unavailable: 'O Google Drive não está respondendo. Tente de novo daqui a pouco.',
    busy: 'O servidor está ocupado. Tente de novo em alguns segundos.',
    album_closed: 'Este álbum está fechado no momento.',
    album_code_wrong: 'Este não é o código deste álbum.',
    album_ended: 'Este álbum terminou.',
    album_not_found: 'Este álbum não existe mais.',
    body_too_large: 'Este arquivo é grande demais.',
    file_too_large: 'Este arquivo é grande demais.',
    invalid_link: 'Isto não é um link para uma pasta do Google Drive.',
    no_images: 'Não há fotos nesta pasta.',
    scan_not_found: 'Esta busca terminou há mais de uma hora ou foi apagada.',
    oauth_unavailable: 'O Google não está respondendo. Tente de novo daqui a pouco.',
    request_timeout: 'A conexão está lenta demais. Tente de novo.',
  },

  reasons: {
    not_an_image: 'Não é uma imagem, ou está danificada.',
    format_not_searched: 'Imagens neste formato não são verificadas. Em JPEG, sim.',
    file_empty: 'O arquivo está vazio.',
    file_not_found: 'O arquivo não existe mais.',
    image_too_large: 'A imagem é grande demais.',
    image_too_complex: 'A imagem demora demais para ser lida.',
    too_many_files: 'Há mais fotos do que o servidor consegue verificar.',
    internal: 'Algo deu errado no servidor.',
    worker_failed: 'Algo deu errado no servidor.',
    scan_timed_out: 'A busca demorou demais.',
    drive_unavailable: 'O Google Drive não respondeu.',
  },
})
export default pt
