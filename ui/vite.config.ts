import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  // Inlined assets would need `data:` in the Content-Security-Policy; the module-preload polyfill an inline script.
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
