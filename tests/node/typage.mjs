// Does jobs with typage (npm age-encryption), an independent implementation of age.
// Reads a JSON list of jobs from standard input and prints the list of results; bytes in base64.
//   {"do": "keys", "kind": "hybrid" | "x25519"}                  -> {identity, recipient}
//   {"do": "seal", content, recipients: [], passphrase, factor}  -> {file}
//   {"do": "open", file, identities: [], passphrases: []}        -> {content} or {error}
import * as age from "age-encryption";

const decode = (text) => new Uint8Array(Buffer.from(text, "base64"));
const encode = (bytes) => Buffer.from(bytes).toString("base64");

const does = {
  async keys({ kind }) {
    const make = { hybrid: age.generateHybridIdentity, x25519: age.generateX25519Identity };
    const identity = await make[kind]();
    return { identity, recipient: await age.identityToRecipient(identity) };
  },

  async seal({ content, recipients = [], passphrase, factor }) {
    const sealer = new age.Encrypter();
    if (passphrase !== undefined) {
      sealer.setPassphrase(passphrase);
      sealer.setScryptWorkFactor(factor);
    }
    for (const recipient of recipients) sealer.addRecipient(recipient);
    return { file: encode(await sealer.encrypt(decode(content))) };
  },

  async open({ file, identities = [], passphrases = [] }) {
    const opener = new age.Decrypter();
    for (const identity of identities) opener.addIdentity(identity);
    for (const passphrase of passphrases) opener.addPassphrase(passphrase);
    try {
      return { content: encode(await opener.decrypt(decode(file), "uint8array")) };
    } catch (error) {
      return { error: error.message };
    }
  },
};

let input = "";
for await (const part of process.stdin) input += part;
const results = [];
for (const job of JSON.parse(input)) results.push(await does[job.do](job));
process.stdout.write(JSON.stringify(results));
