import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: resolve(import.meta.dirname, '../dist/web'),
    emptyOutDir: true,
    // the pages' policy allows no data: scripts or styles
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  // `npx vite web` beside `atelier ui`: changes show at once
  server: { proxy: { '/api': 'http://127.0.0.1:4400' } },
})
