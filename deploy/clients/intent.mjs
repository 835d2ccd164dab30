// Asks a served model from Node or a browser, without a dependency.
//
//   node intent.mjs http://localhost:8501/v1/models/shop < rows.json
//
// takes a list of objects, one a row, and prints the list of their probabilities. What is not known is left out;
// lists have any length.

const isMissing = (value) => value == null || Number.isNaN(value);

// TF Serving refuses a list with null, and one in which some numbers have a point and others none: JavaScript writes
// 1.0 as 1. A number of -3e38 is missing, and so is an empty text.
function json(value, missing) {
  if (isMissing(value)) return missing;
  if (Array.isArray(value)) {
    const nothing = value.some((each) => typeof each === "number" && !isMissing(each)) ? "-3e38" : '""';
    return `[${value.map((each) => json(each, nothing))}]`;
  }
  if (typeof value !== "number") return JSON.stringify(value);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
}

function example(row) {
  const known = Object.entries(row).filter(([, value]) => !isMissing(value));
  return `{${known.map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`)}}`;
}

/** Ask for the probabilities of rows: `url` as above, `timeout` in milliseconds for the whole call. */
export async function probabilities(url, rows, timeout = 10_000) {
  const answer = await fetch(`${url}:regress`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: `{"signature_name":"serving_examples_regress","examples":[${rows.map(example)}]}`,
    signal: AbortSignal.timeout(timeout),
  });
  const { results, error } = await answer.json();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${error}`);
  if (results?.length !== rows.length || !results.every((each) => each >= 0 && each <= 1))
    throw new Error("the answer is not one probability a row");
  return results;
}

if (globalThis.process?.argv[1]?.endsWith("intent.mjs")) {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const rows = JSON.parse(Buffer.concat(chunks));
  console.log(JSON.stringify(await probabilities(process.argv[2], rows)));
}
