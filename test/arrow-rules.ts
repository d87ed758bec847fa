import type { ICruiseOptions, IForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser'

/**
 * Which way imports point: functions → domain → ports, adapters chosen by the wiring alone. CONTRIBUTING.md has the
 * picture; arrows.test.ts checks the tree against these rules, and each rule against an import that breaks it.
 */

const ADAPTERS = [
  '^shared/store/(sqlite|firestore)/',
  '^shared/queue/(sqlite|pubsub)/',
  '^shared/drive/(directory|google)/',
  '^shared/face/(?!(port|distance|box)[.])',
  '^shared/jobs/image-source/(?!port[.])',
]

/** Files beside a port's adapters: what the port promises, and plain rules about what it carries. */
const PORTS = ['^shared/(store|queue|drive)/[^/]+[.]ts$', '^shared/face/(port|distance|box)[.]ts$']

const CONTRACT = '^shared/contract/'
/** What anybody may import of shared/platform. */
const COMMON = '^shared/platform/(log|turns)[.]ts$'
/** Of shared/platform, what imports nothing of the project itself. */
const LEAVES = '^shared/platform/(log|turns|atomic-write|data-dir-error)[.]ts$'

function forbid(
  name: string,
  comment: string,
  from: IForbiddenRuleType['from'],
  to: IRegularForbiddenRuleType['to'],
): IForbiddenRuleType {
  return { name, comment, severity: 'error', from, to }
}

export const RULES: IForbiddenRuleType[] = [
  forbid(
    'no-circle',
    'Files that import each other in a circle cannot be read one by one.',
    {},
    { circular: true },
  ),
  forbid(
    'functions-apart',
    'Deployables share code through shared/. local, cli and emulate put all of them together.',
    { path: '^functions/([^/]+)/', pathNot: '^functions/(local|cli|emulate)/' },
    { path: '^functions/', pathNot: '^functions/$1/' },
  ),
  forbid(
    'shared-below-functions',
    'shared/ does not know who uses it.',
    { path: '^shared/' },
    { path: '^(functions|infra|test)/' },
  ),
  forbid(
    'product-without-tests',
    'The product runs without test/.',
    { path: '^(functions|shared|infra)/' },
    { path: '^test/' },
  ),
  forbid(
    'wiring-chooses',
    'Adapters are chosen in shared/platform/wiring alone; functions may name their types. The emulated cloud sets up Pub/Sub as Terraform does.',
    { path: '^functions/', pathNot: '^functions/emulate/' },
    { path: ADAPTERS, dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'domain-on-ports',
    'The domain imports the contract and ports: no adapter, no configuration, no other part of the domain. Albums alone are indexed and searched by scans.',
    { path: '^shared/(scan|jobs)/' },
    { path: '^(shared|functions)/', pathNot: ['^shared/$1/', CONTRACT, ...PORTS, COMMON] },
  ),
  forbid(
    'albums-on-scans',
    'What scans need to know of albums is told by shared/scan/album-scan.ts.',
    { path: '^shared/albums/' },
    { path: '^(shared|functions)/', pathNot: ['^shared/(albums|scan)/', CONTRACT, ...PORTS, COMMON] },
  ),
  forbid(
    'jobs-open-images-by-port',
    'Where the image of a job is read from is for the wiring to choose.',
    { path: '^shared/jobs/[^/]+$' },
    { path: '^shared/jobs/image-source/(?!port[.])' },
  ),
  forbid(
    'adapters-apart',
    'An adapter imports itself, ports and the contract; the SQLite queue lives in the file of the SQLite store, and Drive is called with the tokens of google-auth.',
    { path: '^shared/(store|queue|drive)/([^/]+)/' },
    {
      path: '^shared/',
      pathNot: [
        '^shared/$1/$2/',
        CONTRACT,
        ...PORTS,
        LEAVES,
        '^shared/store/sqlite/database[.]ts$',
        '^shared/google-auth/',
      ],
    },
  ),
  forbid(
    'face-engine-alone',
    'The face engine imports nothing but the contract.',
    { path: '^shared/face/' },
    { path: '^shared/', pathNot: ['^shared/face/', CONTRACT, LEAVES] },
  ),
  forbid(
    'ports-on-ports',
    'A port names other ports and the contract.',
    { path: PORTS },
    { path: '^shared/', pathNot: [...PORTS, CONTRACT] },
  ),
  forbid(
    'contract-alone',
    'The contract imports nothing but itself.',
    { path: CONTRACT },
    { path: '^shared/', pathNot: CONTRACT },
  ),
  forbid(
    'client-on-contract',
    'The typed client runs in browsers.',
    { path: '^shared/client/' },
    { path: '^shared/', pathNot: ['^shared/client/', CONTRACT] },
  ),
  forbid(
    'page-on-client',
    'The page runs in browsers.',
    { path: '^functions/web/page/' },
    { path: '^(shared|functions)/', pathNot: ['^functions/web/', '^shared/client/', CONTRACT] },
  ),
  forbid(
    'google-auth-without-drive',
    'Signing in does not know what the token is for.',
    { path: '^shared/google-auth/' },
    { path: '^shared/(drive|store|queue|face|scan|jobs|albums)/' },
  ),
  forbid(
    'http-without-domain',
    'Validation, callers and errors are the same for every endpoint.',
    { path: '^shared/http/' },
    { path: '^shared/(drive|store|queue|face|scan|jobs|albums|google-auth)/' },
  ),
]

export const OPTIONS: ICruiseOptions = {
  // TypeScript 7 has no API yet that dependency-cruiser could use.
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
}
