// Holds forms with ODK's own engine (npm @getodk/xforms-engine), one JSON request a line on standard
// input, one JSON answer a line on standard output. The clock stands still at the moment given.
//   {"load": XForm, "now": milliseconds, "tables": {name: CSV}}
//                                          -> {"loaded": true}: the form that further requests are of
//   {"do": [[reference, value], …]}        -> {"nodes": [[reference, type, relevant, value, constraint,
//                                              required], …], "refused": [reference, …]}
// A value is text; of a repeat that nothing counts, the number of its instances. `constraint` and
// `required` say whether the condition is met. "refused": places that are not there.
import { createInterface } from "node:readline";

import { JSDOM } from "jsdom";

// The engine is made for a browser: it wants these, and its bundle a folder that it then ignores.
const { window } = new JSDOM("");
const { DOMParser, Element, Node, document } = window;
Object.assign(globalThis, { DOMParser, Element, Node, document, __dirname: "" });
const { createInstance } = await import("@getodk/xforms-engine");

let root;

function* below(node) {
  yield node;
  for (const child of node.currentState.children ?? []) yield* below(child);
}

// A step without a number is an item, a group or a repeat as a whole; one with, an instance of it.
function find(reference) {
  let node = root;
  for (const step of reference.split("/").slice(2)) {
    node = childOf(node, step.replace(/\[\d+\]$/, ""));
    if (step.endsWith("]")) node = childOf(node, step);
    if (node === undefined) return undefined;
  }
  return node;
}

function childOf(node, step) {
  return node?.currentState.children?.find((child) =>
    child.currentState.reference.endsWith(`/${step}`),
  );
}

const writes = {
  input: (node, value) => node.setValue(value),
  range: (node, value) => node.setValue(value === "" ? null : value),
  trigger: (node, value) => node.setValue(value !== ""),
  select: (node, value) => node.selectValues(value === "" ? [] : value.split(" ")),
  "repeat-range:uncontrolled": (node, value) => {
    const count = node.currentState.children.length;
    if (value > count) node.addInstances(count - 1, value - count);
    if (value < count) node.removeInstances(value, count - value);
  },
};

function told(node) {
  const { reference, relevant, instanceValue } = node.currentState;
  const { constraint, required } = node.validationState;
  const isValid = [constraint?.valid ?? true, required?.valid ?? true];
  return [reference, node.nodeType, relevant, instanceValue ?? "", ...isValid];
}

const does = {
  async load({ load, now, tables }) {
    Date.now = () => now;
    const fetchFormAttachment = async (url) => {
      const [, name] = /([^/]+)\.csv$/.exec(String(url));
      return new Response(tables[name], { headers: { "content-type": "text/csv" } });
    };
    ({ root } = await createInstance(load, { form: { fetchFormAttachment } }));
    return { loaded: true };
  },

  async do({ do: operations }) {
    const refused = [];
    for (const [reference, value] of operations) {
      const node = find(reference);
      if (node === undefined) refused.push(reference);
      else writes[node.nodeType](node, value);
    }
    return { nodes: Array.from(below(root), told), refused };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await does["load" in request ? "load" : "do"](request);
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
