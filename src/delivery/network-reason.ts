const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/

/** What a network error's code says; of a certificate that is not trusted, also what to do. */
export function networkReason(code: string): string {
  if (!CERTIFICATE.test(code)) return code
  return `no valid certificate (${code}); for an authority of your own set NODE_EXTRA_CA_CERTS`
}
