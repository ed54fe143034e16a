// The browser of browser_test.go. Each line of its input is a task: a page to
// open, and a request that the page's script shall send. The line it prints for
// that is the answer: what the script was given, or the browser's reason for
// giving it nothing. It ends with its input.
//
//	node chromium.mjs FOLDER CHROMIUM
//
// FOLDER is the node_modules that hold playwright-core, CHROMIUM the browser.
import { on } from 'node:events';
import { createInterface } from 'node:readline';
import { launch } from './launch.mjs';

const browser = await launch(...process.argv.slice(2));

// These two run in the page. An answer without status is one it may not read.
async function withFetch({ url, method, header, body, credentials }) {
  try {
    const response = await fetch(url, { method, headers: header, body, credentials });
    return { status: response.status, header: Object.fromEntries(response.headers), body: await response.text() };
  } catch {
    return {};
  }
}

function withUploadListener({ url, method, header, body }) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    Object.entries(header).forEach(([name, value]) => xhr.setRequestHeader(name, value));
    xhr.upload.onprogress = () => {};
    xhr.onload = () => resolve({ status: xhr.status, body: xhr.responseText });
    xhr.onerror = () => resolve({});
    xhr.send(body);
  });
}

// reason returns why the request that has just failed did: the CorsError of the
// DevTools protocol, or what else went wrong. The page's icon may fail too.
async function reason(failures) {
  for (;;) {
    const { value: [{ type, corsErrorStatus, errorText }] } = await failures.next();
    if (type === 'Fetch' || type === 'XHR') return corsErrorStatus?.corsError ?? errorText;
  }
}

const context = await browser.newContext();
const pages = new Map();

// A page stays open for those who ask for it again.
async function open(address) {
  if (!pages.has(address)) {
    const page = await context.newPage();
    await page.goto(address);
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    pages.set(address, { page, failures: on(session, 'Network.loadingFailed') });
  }
  return pages.get(address);
}

let tasks = 0;

async function run({ page: address, cookie, upload, times, ...request }) {
  const url = new URL(request.url);
  url.searchParams.append('task', ++tasks); // a preflight is remembered for its URL
  await context.clearCookies();
  if (cookie) {
    await context.addCookies([{ name: 'session', value: 'x', url: url.origin, sameSite: 'Lax' }]);
  }
  const { page, failures } = await open(address);
  let answer;
  for (let i = 0; i < times; i++) {
    answer = await page.evaluate(upload ? withUploadListener : withFetch, { ...request, url: url.href });
    if (!answer.status) answer.blocked = await reason(failures);
  }
  return answer;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}
await browser.close();
