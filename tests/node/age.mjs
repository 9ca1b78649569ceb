// Stands for the command `age` 1.3, which packages do not have yet: the same words, by typage.
//   age --decrypt [--identity FILE] [--output FILE] [FILE]
// An identity file may itself be under a passphrase. Passphrases come from TYPAGE_PASSPHRASE: the real
// command asks for them on its terminal.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as age from "age-encryption";

const { values, positionals } = parseArgs({
  options: {
    decrypt: { type: "boolean", short: "d" },
    identity: { type: "string", short: "i" },
    output: { type: "string", short: "o" },
  },
  allowPositionals: true,
});
if (!values.decrypt || positionals.length > 1) throw new Error("it only decrypts, and one file");

const bytes = (path) => new Uint8Array(readFileSync(path));
const isSealed = (file) => Buffer.from(file.subarray(0, 19)).toString() === "age-encryption.org/";

function withPassphrase() {
  const opener = new age.Decrypter();
  opener.addPassphrase(process.env.TYPAGE_PASSPHRASE);
  return opener;
}

async function withIdentities(path) {
  const file = bytes(path);
  const text = isSealed(file)
    ? await withPassphrase().decrypt(file, "text")
    : Buffer.from(file).toString();
  const opener = new age.Decrypter();
  for (const line of text.split("\n")) if (/^AGE-SECRET-KEY/.test(line)) opener.addIdentity(line);
  return opener;
}

const opener = values.identity ? await withIdentities(values.identity) : withPassphrase();
const opened = await opener.decrypt(bytes(positionals[0] ?? 0), "uint8array");
writeFileSync(values.output ?? 1, opened);
