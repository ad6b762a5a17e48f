import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const UI = 'http://127.0.0.1:4400'
const SERVICE = 'http://127.0.0.1:8080'
const SERVICE_ROUTES = ['/predict', '/feedback', '/health', '/version', '/classes', '/ready']

// `npx vite web` beside `atelier ui`, or `npx vite web --mode service` beside `atelier serve`: changes
// show at once
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  // the service has the pages below /ui, and a proxy may have them anywhere
  base: './',
  plugins: [react(), ...(mode === 'service' ? [servedByService] : [])],
  build: {
    outDir: resolve(import.meta.dirname, '../dist/web'),
    emptyOutDir: true,
    // the pages' policy allows no data: scripts or styles
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: {
      '/api': UI,
      // under the page's own host: the service refuses what pages of other sites send
      ...Object.fromEntries(
        SERVICE_ROUTES.map((route) => [route, { target: SERVICE, changeOrigin: false }]),
      ),
    },
  },
}))

/** As the service's own server does it. */
const servedByService: Plugin = {
  name: 'served-by-service',
  transformIndexHtml: (html) =>
    html.replace(
      'name="atelier-served-by" content="ui"',
      'name="atelier-served-by" content="service"',
    ),
}
