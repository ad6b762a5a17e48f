/** Who may call a route; every route of the service says so. */
export type Access = 'open' | 'predict' | 'token'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `predict` is open unless the configuration protects predictions. */
    readonly access?: Access
  }
}
