// A receiver of Newsroad's webhooks, for Node 18 or later, without any package.
//
//     node receiver.mjs            listens on 127.0.0.1:9000
//
// The key is read from WEBHOOK_SECRET (several while keys change, with spaces between) or from the file secret.txt
// beside this one. Articles are kept as files in the folder "received": replace `keep` by what your system does with
// an article. Answer 2xx only once it is stored: whatever else you answer is sent again.

import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const TOLERANCE = Number(process.env.WEBHOOK_TOLERANCE ?? 300); // seconds that a timestamp may be off
const PORT = Number(process.env.WEBHOOK_PORT ?? 9000);
const STORE = process.env.WEBHOOK_STORE ?? "received";
const LARGEST = 20 * 1024 * 1024;

/** The keys in force, as bytes. */
function keys() {
  const beside = new URL("secret.txt", import.meta.url);
  const written = process.env.WEBHOOK_SECRET || (existsSync(beside) ? readFileSync(beside, "utf8") : "");
  const listed = written.split(/\s+/).filter((one) => one.startsWith("whsec_"));
  const found = listed.map((one) => Buffer.from(one.slice("whsec_".length), "base64"));
  return found.filter((key) => key.length >= 24); // with an empty one anybody could sign
}

/** Whether the signature holds: HMAC-SHA256 over id.timestamp.body, and the timestamp is of these minutes. */
function genuine(headers, body, now) {
  const message = headers["webhook-id"] ?? "";
  const stamp = headers["webhook-timestamp"] ?? "";
  if (!message || !/^[0-9]+$/.test(stamp) || Math.abs(now - Number(stamp)) > TOLERANCE) return false;
  const signed = Buffer.concat([Buffer.from(`${message}.${stamp}.`), body]);
  const given = (headers["webhook-signature"] ?? "").split(/\s+/).filter((one) => one.startsWith("v1,"));
  return keys().some((key) => {
    const mine = createHmac("sha256", key).update(signed).digest();
    return given.some((one) => {
      const theirs = Buffer.from(one.slice("v1,".length), "base64");
      return theirs.length === mine.length && timingSafeEqual(theirs, mine);
    });
  });
}

/** Store an article, or its withdrawal. A number not above the last one of the same article is a repeat or late. */
function keep(type, data) {
  const known = /^urn:uuid:([0-9a-f-]{36})$/.exec(data.id);
  if (!known || !Number.isInteger(data.sequence)) throw new Error("data.id is no urn:uuid:, or there is no sequence");
  mkdirSync(STORE, { recursive: true });
  const place = join(STORE, `${known[1]}.json`);
  const last = existsSync(place) ? JSON.parse(readFileSync(place, "utf8")).sequence : 0;
  if (data.sequence <= last) return false;
  // A withdrawal has no text: what was stored of the article is gone with this.
  writeFileSync(`${place}.new`, JSON.stringify({ type, ...data }));
  renameSync(`${place}.new`, place);
  return true;
}

function take(headers, body) {
  if (!genuine(headers, body, Date.now() / 1000)) return 401;
  try {
    const { type, data } = JSON.parse(body.toString("utf8"));
    const fresh = keep(type, data);
    console.log(fresh ? type : "repeat", data.id, data.title ?? data.line ?? "");
    return 204;
  } catch (error) {
    console.error("not understood:", error.message);
    return 400;
  }
}

if (keys().length === 0) {
  console.error("set WEBHOOK_SECRET to the key (whsec_…), or put it into secret.txt beside this file");
  process.exit(1);
}

createServer((request, response) => {
  const answer = (status) => response.writeHead(status, { "content-length": 0 }).end();
  if (request.method !== "POST") return answer(405);
  const parts = [];
  let size = 0;
  request.on("data", (part) => {
    size += part.length;
    if (size <= LARGEST) parts.push(part);
  });
  request.on("end", () => answer(size > LARGEST ? 413 : take(request.headers, Buffer.concat(parts))));
}).listen(PORT, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${PORT}/`));
