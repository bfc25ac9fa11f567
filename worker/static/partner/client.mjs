// Ask Newsroad for what changed, for Node 18 or later, without any package. Call it every minute (cron).
//
//     node client.mjs
//
// The address is read from settings.json beside this file or from PULL_URL, the token from PULL_TOKEN or the file
// token.txt. Articles are kept as files in the folder "received": replace `keep` by what your system does with an
// article. Where it left off is kept in since.txt, written only once everything before it is stored.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STORE = process.env.PULL_STORE ?? "received";
const SINCE = join(STORE, "since.txt");
const beside = (name) => new URL(name, import.meta.url);
const read = (place) => (existsSync(place) ? readFileSync(place, "utf8").trim() : "");

/** All of it or nothing. */
function write(place, text) {
  writeFileSync(`${place}.new`, text);
  renameSync(`${place}.new`, place);
}

/** Store an article, or its withdrawal. An update of one that is not there is taken like a publication. */
function keep({ type, data }) {
  const known = /^urn:uuid:([0-9a-f-]{36})$/.exec(data.id);
  if (!known) throw new Error("data.id is no urn:uuid:");
  const place = join(STORE, `${known[1]}.json`);
  const last = existsSync(place) ? JSON.parse(readFileSync(place, "utf8")).sequence : 0;
  if (data.sequence <= last) return; // a repeat, after a crash
  // A withdrawal has no text: what was stored of the article is gone with this.
  write(place, JSON.stringify({ type, ...data }));
  console.log(type, data.id, data.title ?? data.line ?? "");
}

const url = process.env.PULL_URL || JSON.parse(readFileSync(beside("settings.json"), "utf8")).url;
const token = process.env.PULL_TOKEN || read(beside("token.txt"));
mkdirSync(STORE, { recursive: true });
let since = read(SINCE) || "0";
let more = true;
while (more) {
  // The token is for this address, and for none that it leads on to.
  const asked = { headers: { authorization: `Bearer ${token}` }, redirect: "manual" };
  const answer = await fetch(`${url}?since=${since}&limit=100`, asked);
  if (!answer.ok) {
    console.error(`${answer.status}: ${await answer.text()}`);
    process.exit(1);
  }
  const page = await answer.json();
  page.changes.forEach(keep);
  ({ next: since, more } = page);
  write(SINCE, String(since));
}
