import { OAuth2Client } from 'google-auth-library'

/** Checks identity tokens with the keys that Google publishes. @param oauthRoot stands for Google, as its issuer too */
export function identityClient(oauthRoot: string | undefined): OAuth2Client {
  return new OAuth2Client({
    transporterOptions: { timeout: 10_000 },
    ...(oauthRoot && {
      endpoints: { oauth2FederatedSignonPemCertsUrl: `${oauthRoot}/certs` },
      issuers: [oauthRoot],
    }),
  })
}
