export { createUiServer, type UiServerOptions } from './create-ui-server.ts'
export { createServiceApp, type ServiceAppOptions } from './service/create-service-app.ts'
