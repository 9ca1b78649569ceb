// Prints age's shared vectors (npm cctv-age) as one JSON object: name to file, in base64.
import * as vectors from "cctv-age";

const files = vectors.default ?? vectors;
const encoded = Object.entries(files).map(([name, file]) => [
  name,
  Buffer.from(file).toString("base64"),
]);
process.stdout.write(JSON.stringify(Object.fromEntries(encoded)));
