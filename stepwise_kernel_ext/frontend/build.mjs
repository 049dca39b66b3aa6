/** Bundles the sources into `stepwise_kernel_ext/static`; `manifest.json` maps plain names to files. */

import { build } from "esbuild";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static");
const fresh = join(here, "..", `.static-${process.pid}`);

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "safari16", "firefox115", "chrome111"],
  outdir: fresh,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
};

/** Browsers that run these scripts read woff2; KaTeX's older font files would only add weight. */
const woff2Only = {
  name: "woff2-only",
  setup(builder) {
    builder.onLoad({ filter: /katex[/\\]dist[/\\]katex\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(
        /,\s*url\([^)]*\)\s*format\(['"](?:woff|truetype)['"]\)/g,
        "",
      ),
      loader: "css",
      resolveDir: dirname(path),
    }));
  },
};

/** What an entry point became: a file, and what esbuild knows of it. */
function built(result, entry) {
  return Object.entries(result.metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(entry));
}

/** The file that an entry point became. */
function output(result, entry) {
  return basename(built(result, entry)[0]);
}

/** The file that it imports before it can run. */
function shared(result, entry) {
  const [file, { imports }] = built(result, entry);
  const files = imports.filter(({ kind }) => kind === "import-statement");
  if (files.length !== 1) throw new Error(`${file} imports ${files.length} files at its start, not one.`);
  return basename(files[0].path);
}

if (process.argv.includes("--tests")) {
  // Node runs the tests as plain JavaScript; only the pure parts are tested here.
  await rm(join(here, "build"), { recursive: true, force: true });
  await build({
    absWorkingDir: here,
    entryPoints: ["tests/*.test.ts"],
    outdir: "build",
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
  });
  process.exit();
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });

const katex = await build({
  ...common,
  entryPoints: { katex: "katex/dist/katex.css" },
  loader: { ".woff2": "file" },
  plugins: [woff2Only],
});
// With the licence's notice, which icons that are given on must carry.
const icons = await build({
  ...common,
  entryPoints: { icons: "src/styles/icons.css" },
  loader: { ".woff2": "file" },
  legalComments: "inline",
});
const define = {
  KATEX_CSS: JSON.stringify(`./${output(katex, "katex.css")}`),
  ICONS_CSS: JSON.stringify(`./${output(icons, "icons.css")}`),
};
const page = await build({ ...common, entryPoints: { page: "src/page/main.ts" }, splitting: true, define });
// A notebook gets the control's text, not its address: everything must be in one file.
const controls = await build({ ...common, entryPoints: { controls: "src/controls/index.ts" }, define });
const styles = await build({
  ...common,
  entryPoints: {
    page: "src/styles/page.css",
    site: "src/styles/site.css",
    controls: "src/styles/common.css",
  },
});

const manifest = {
  page: output(page, "src/page/main.ts"),
  pageShared: shared(page, "src/page/main.ts"),
  controls: output(controls, "src/controls/index.ts"),
  pageStyle: output(styles, "styles/page.css"),
  siteStyle: output(styles, "styles/site.css"),
  controlsStyle: output(styles, "styles/common.css"),
  katexStyle: output(katex, "katex.css"),
};
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
