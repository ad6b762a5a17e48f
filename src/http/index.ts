export { createUiServer, type UiServerOptions } from './create-ui-server.ts'
export { createMonitorApp, type MonitorAppOptions } from './monitor/create-monitor-app.ts'
export { createServiceApp, type ServiceAppOptions } from './service/create-service-app.ts'
export { createServiceMetrics, type ServiceMetrics } from './service/service-metrics.ts'
