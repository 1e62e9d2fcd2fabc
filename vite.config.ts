import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const PEER = process.env.PEERDEX_DASHBOARD_URL ?? 'http://127.0.0.1:23476';

/** The dashboard: `npm run build:dashboard` builds it into dist/dashboard, `npm run dev:dashboard` serves it from the sources. */
export default defineConfig({
  root: 'src/dashboard',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    // Nothing inline: the content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    // A peer that runs; `peerdex open --print` signs in, with the address of this server in front of its `#`.
    proxy: Object.fromEntries(['/v1', '/preview'].map((path) => [path, PEER])),
  },
});
