// The texts of the pages are spelt as dictionaries have them, in the languages that have one: there is none for
// Japanese and Arabic. Words that a dictionary lacks are in cspell.json.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";

const here = fileURLToPath(new URL(".", import.meta.url));
const locales = fileURLToPath(new URL("../../locales/", import.meta.url));
const LANGUAGES = ["de", "en", "es", "fr"];

/// The words that no dictionary has, such as `de.ftl:12:5 - Unknown word (Tikcet)`.
const unknownWords = (files) => new Promise((done) => {
  const args = ["--root", "/", "--no-progress", "--no-summary", "--config", join(here, "cspell.json"), ...files];
  execFile(join(here, "node_modules/.bin/cspell"), args, { cwd: here }, (error, stdout, stderr) =>
    done(stdout.trim() || (error && error.code !== 1 ? stderr || error.message : "")));
});

test("every text is spelt as a dictionary has it", async () => {
  const ends = LANGUAGES.map((language) => `${language}.ftl`);
  const files = readdirSync(locales, { recursive: true }).filter((file) => ends.some((end) => file.endsWith(end)));
  assert.ok(files.length >= 2 * LANGUAGES.length, "the shop's and the organiser's side");
  assert.equal(await unknownWords(files.map((file) => join(locales, file))), "");
});

test("a word that is spelt wrong is found", async () => {
  const directory = mkdtempSync(join(tmpdir(), "boxoffice-spelling-"));
  try {
    for (const language of LANGUAGES) {
      const text = readFileSync(join(locales, `${language}.ftl`), "utf8");
      const file = join(directory, `${language}.ftl`);
      writeFileSync(file, text + "wrong-text = Tikcetz\n");
      assert.match(await unknownWords([file]), /Tikcetz/, language);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
