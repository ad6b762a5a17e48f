export { createUiServer, type UiServerOptions } from './create-ui-server.ts'
