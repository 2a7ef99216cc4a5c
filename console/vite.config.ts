import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [preact({ reactAliasesEnabled: false })],
  build: {
    outDir: "../ivr/edges/console_pages",
    emptyOutDir: true,
    assetsInlineLimit: 0, // a data: address would need a wider content policy
    license: true,
    chunkSizeWarningLimit: 200,
  },
});
