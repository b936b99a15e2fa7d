// Builds the front end: esbuild for scripts, the Tailwind CLI for styles, one folder out.
// Called as `node ui/build.mjs OUTPUT_FOLDER` by `python3 run.py assets`, which owns staleness and swaps the folder in.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const output = resolve(process.argv[2] ?? join(root, "src/doorward/doors/web/static"));
const requireFromHere = createRequire(import.meta.url);

// One line per file that pages may ask for: [name in the output folder, source].
const SCRIPTS = [
  ["desk.js", "desk/main.js"],
  ["desk-stream.js", "desk/stream/worker.js"],
  ["widget.js", "widget/widget.js"],
  ["charts.js", "design/charts.js"],
  ["portal.js", "portal/portal.js"],
];
const STYLES = [
  ["desk.css", "desk/app.css"],
  ["catalogue.css", "design/catalogue.css"],
  ["portal.css", "portal/portal.css"],
  ["shop.css", "shop/shop.css"],
];
const PICTURES = [["icons.svg", "design/icons.svg"]];

// What ends up inside the built files, and therefore has its licence beside them.
const BUNDLED = ["@alpinejs/csp", "htmx.org", "tailwindcss", "uplot"];

async function buildScript([name, source]) {
  await esbuild.build({
    entryPoints: [join(here, source)],
    outfile: join(output, name),
    bundle: true,
    minify: true,
    format: "iife", // a plain script tag, so that a host site's page needs no module support
    target: ["es2022"],
    charset: "utf8",
    legalComments: "none", // licences.txt carries them whole
    logLevel: "warning",
  });
}

async function buildStyle([name, source]) {
  const cli = join(dirname(requireFromHere.resolve("@tailwindcss/cli/package.json")), "dist/index.mjs");
  const words = [cli, "--input", join(here, source), "--output", join(output, name), "--minify"];
  await promisify(execFile)(process.execPath, words, { cwd: root });
}

async function licenceOf(name) {
  const folder = join(root, "node_modules", name);
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(join(folder, file), "utf8") : `Licence: ${about.license}; author: ${about.author?.name ?? about.author}`;
  return `== ${about.name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
}

async function describe() {
  const files = [...SCRIPTS, ...STYLES, ...PICTURES].map(([name]) => name).sort();
  const manifest = {};
  for (const name of files) {
    const digest = createHash("sha384").update(await readFile(join(output, name)));
    manifest[name] = `sha384-${digest.digest("base64")}`;
  }
  await writeFile(join(output, "assets.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

await mkdir(output, { recursive: true });
const licences = await Promise.all(BUNDLED.map(licenceOf));
await Promise.all([...SCRIPTS.map(buildScript), ...STYLES.map(buildStyle)]);
await Promise.all(PICTURES.map(([name, source]) => copyFile(join(here, source), join(output, name))));
await writeFile(join(output, "licences.txt"), licences.join("\n"));
await describe();
