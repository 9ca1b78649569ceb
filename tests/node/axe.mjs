// Opens pages in headless Chromium and judges them by axe-core, at the widths asked for.
// node axe.mjs '{"browser": "/usr/bin/chromium", "pages": ["/a.html"], "widths": [390, 1280]}'
// prints, for each page and width: what axe finds wrong or cannot decide, what the console said, what the
// page asked a network for, whether it is wider than the screen, and whether any script of its own ran.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const { browser: executablePath, pages, widths } = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({
  executablePath,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

async function judged(path, width) {
  const page = await browser.newPage();
  const said = [];
  const asked = [];
  const own = pathToFileURL(path).href;
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== own) asked.push(request.url());
  });
  await page.setViewport({ width, height: 900 });
  await page.goto(own, { waitUntil: "load" });
  const scripts = await page.evaluate(() => document.querySelectorAll("script").length);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  await page.evaluate(source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  await page.close();
  return {
    page: path,
    width,
    violations: found.violations.map((one) => ({
      id: one.id,
      help: one.help,
      nodes: one.nodes.slice(0, 5).map((node) => node.html.slice(0, 200)),
    })),
    passes: found.passes.length,
    said,
    asked,
    overflow,
    scripts,
  };
}

try {
  const results = [];
  for (const path of pages) for (const width of widths) results.push(await judged(path, width));
  process.stdout.write(JSON.stringify(results));
} finally {
  await browser.close();
}
