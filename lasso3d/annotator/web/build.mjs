// Bundles src/ into static/: the same bytes on every machine, so that a test can compare a rebuild with what is committed.
// `node build.mjs FOLDER` writes elsewhere; `node build.mjs --tests FOLDER` bundles the tests of the pure modules for node.
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const forTests = process.argv.includes("--tests");
const out = resolve(process.argv.slice(2).find((word) => !word.startsWith("--")) ?? join(here, "static"));
await mkdir(out, { recursive: true });

const common = { absWorkingDir: here, bundle: true, format: "esm", logLevel: "warning", charset: "utf8" };
if (forTests) {
  const files = (await readdir(join(here, "test"))).filter((name) => name.endsWith(".test.ts"));
  await build({ ...common, entryPoints: files.map((name) => `test/${name}`), outdir: out, platform: "node",
    outExtension: { ".js": ".mjs" } });
} else {
  await build({ ...common, entryPoints: { app: "src/main.ts" }, outdir: out, minify: true, target: "es2022",
    legalComments: "eof" });
  await build({ ...common, entryPoints: { app: "src/app.css" }, outdir: out, minify: true });
  await copyFile(join(here, "src/index.html"), join(out, "index.html"));
}
