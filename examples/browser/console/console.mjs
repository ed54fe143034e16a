// The person of console_test.go: it uses the console in Chromium and prints a
// line of JSON for each check, with what was not as it should be.
//
//	node console.mjs FOLDER CHROMIUM SCENE [PICTURES]
//
// FOLDER is the node_modules that hold playwright-core, CHROMIUM the browser,
// SCENE the JSON of scene_test.go, PICTURES a folder for screenshots.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, executablePath, sceneText, pictures] = process.argv.slice(2);
const scene = JSON.parse(sceneText);
const { chromium } = await import(pathToFileURL(join(resolve(folder), 'playwright-core/index.mjs')));

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ],
});

const slow = 10000;
const hosts = new Set(); // that were asked for anything
const said = []; // by the browser's own console

// open returns a page of a site's console, on the named section.
async function open(site, { section = 'requests', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(slow);
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') said.push(message.text()); });
  page.on('pageerror', (error) => said.push(String(error)));
  await page.goto(`${site.console}/#${section}`);
  await page.waitForSelector('#live.on');
  return page;
}

// again returns the page of a site that the mistakes share.
const shared = new Map();
async function again(site) {
  if (!shared.has(site.console)) shared.set(site.console, await open(site));
  return shared.get(site.console);
}

const go = (page, section) => page.click(`nav a[href="#${section}"]`);

// A check ends, one way or the other.
const limit = 45000;
const late = () => new Promise((_, reject) => { setTimeout(() => reject(new Error('it took too long')), limit).unref(); });

// check runs one check, of those whose names have the text in ONLY.
async function check(name, run) {
  if (!name.includes(process.env.ONLY ?? '')) return;
  const line = { name, failures: [] };
  try {
    await Promise.race([late(), run({
      fail: (text) => line.failures.push(text),
      equal: (what, got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) line.failures.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`); },
      has: (what, got, part) => { if (!String(got).includes(part)) line.failures.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(part)} in it`); },
      go: (text) => { line.go = text; },
    })]);
  } catch (error) {
    line.failures.push(String(error).split('\n').slice(0, 6).join('\n'));
  }
  console.log(JSON.stringify(line));
}

// mint makes a token by the form.
async function mint(page, { client = 'reader', user = '', use = 'access', expires = '3600', scopes, groups, wrong = '' }) {
  await go(page, 'tokens');
  await page.selectOption('#mint-client', client);
  await page.selectOption('#mint-user', user);
  await page.selectOption('#mint-use', use);
  await page.selectOption('#mint-expires', expires);
  if (scopes !== undefined) await page.fill('#mint-scopes', scopes);
  if (groups !== undefined) await page.fill('#mint-groups', groups);
  await page.selectOption('#mint-wrong', wrong);
  const before = await page.evaluate(() => sessionStorage.getItem('tokens'));
  await page.click('#mint button[type=submit]');
  await page.waitForFunction((before) => sessionStorage.getItem('tokens') !== before, before);
}

// send sends a request from Try, with the token made last or with none, and
// returns the status.
async function send(page, method, path, { token = true, body = '' } = {}) {
  await go(page, 'try');
  await page.selectOption('#try-method', method);
  await page.selectOption('#try-token', token ? '0' : '');
  await page.fill('#try-path', path);
  await page.fill('#try-body', body);
  await page.evaluate(() => document.querySelector('#try-result').replaceChildren());
  await page.click('#try-form button[type=submit]');
  await page.waitForSelector('#try-result .status, #try-result .bad');
  return page.textContent('#try-result p');
}

// latest chooses the latest request and returns its text.
async function latest(page, filter = {}) {
  await go(page, 'requests');
  await page.locator('#list button', filter).first().click();
  await page.waitForSelector('#detail .way');
  return page.textContent('#detail');
}

// --- The page

await check('it loads, alone and without an error', async ({ equal, has }) => {
  const page = await open(scene.main);
  equal('title', await page.title(), 'gatehouse console');
  has('the API', await page.textContent('#where'), scene.main.api);
  has('the issuer', await page.textContent('#where'), scene.main.console);
  equal('what the browser said', said, []);
  await page.context().close();
});

await check('the policy table is the policy', async ({ equal, has, fail }) => {
  const page = await open(scene.main, { section: 'policy' });
  const rows = await page.locator('[aria-label="Routes of both layers"] tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(' | ')));
  equal('rows', rows, scene.policy);
  const callers = await page.locator('[aria-label="Who may do what"] thead th').allTextContents();
  equal('callers', callers, ['Method', 'Path', 'nobody', 'ada by page', 'reader']);
  const matrix = await page.locator('[aria-label="Who may do what"] tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(' ')));
  for (const want of ['GET /admin 401 yes 403', 'GET /hello yes yes yes', 'POST /notes 401 yes 403']) {
    if (!matrix.includes(want)) fail(`who may do what: no row ${want} in ${JSON.stringify(matrix)}`);
  }
  has('pins', await page.textContent('#policy-body dl'), scene.main.console);
  has('CORS', await page.textContent('#policy-body dl'), 'The function answers preflights');
  await page.context().close();
});

// --- Tokens

await check('signing in ends in the console, without the code', async ({ equal, has }) => {
  const page = await open(scene.main, { section: 'tokens' });
  const addresses = [];
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  const referrers = [];
  page.on('request', (request) => { if (request.url().startsWith(scene.main.console)) referrers.push(request.headers().referer ?? ''); });
  await page.click('#sign-in button');
  await page.fill('#username', 'ada');
  await page.fill('#password', 'ada-password');
  await page.click('button[type=submit]');
  await page.waitForFunction(() => document.querySelector('#token-message')?.textContent.startsWith('Signed in'));
  equal('message', await page.textContent('#token-message'), 'Signed in as ada.');
  equal('address', page.url(), `${scene.main.console}/#tokens`);
  equal('referrers with a code', referrers.filter((referrer) => referrer.includes('code=')), []);
  has('claims', await page.textContent('#token-list'), '"username": "ada"');
  await page.goBack().catch(() => {});
  equal('the code in the history', page.url().includes('code='), false);
  await page.context().close();
});

await check('a sign-in that was not begun here is refused', async ({ equal, has }) => {
  const page = await open(scene.main);
  await page.goto(`${scene.main.console}/console/callback?code=stolen&state=forged`);
  await page.waitForFunction(() => document.querySelector('#token-message')?.textContent !== '');
  has('message', await page.textContent('#token-message'), 'not begun here');
  equal('address', page.url(), `${scene.main.console}/#tokens`);
  equal('tokens', await page.evaluate(() => sessionStorage.getItem('tokens')), '[]');
  await page.context().close();
});

await check('a wrong password is said to be wrong', async ({ has }) => {
  const page = await open(scene.main, { section: 'tokens' });
  await page.click('#sign-in button');
  await page.fill('#username', 'ada');
  await page.fill('#password', 'wrong');
  await page.click('button[type=submit]');
  has('alert', await page.textContent('[role=alert]'), 'Incorrect username or password');
  said.length = 0; // of the 403 that this is
  await page.context().close();
});

await check('a token is copied as itself, as curl and as a test', async ({ equal, has, go: program }) => {
  const page = await open(scene.main);
  await mint(page, { client: 'page', user: 'ada' });
  const panel = page.locator('#token-list > div').first();
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  await panel.getByRole('button', { name: 'Copy token' }).click();
  const token = await read();
  equal('parts of the token', token.split('.').length, 3);
  await panel.getByRole('button', { name: 'Copy as curl' }).click();
  has('curl', await read(), `curl -sS ${scene.main.api}/ -H 'Authorization: Bearer ${token}'`);
  await panel.getByRole('button', { name: 'Copy as test' }).click();
  const text = await read();
  has('test', text, '"cognito:groups": []any{"admin", "staff"},');
  equal('an expiry in the test', text.includes('"exp"'), false);
  has('test of a request that was not sent', text, 'w.Code != http.StatusOK');
  program(text);
  const copied = async (method, path, body) => {
    await go(page, 'try');
    await page.selectOption('#try-method', method);
    await page.fill('#try-path', path);
    await page.fill('#try-body', body);
    await go(page, 'tokens');
    await panel.getByRole('button', { name: 'Copy as curl' }).click();
    return read();
  };
  has('curl of HEAD', await copied('HEAD', '/hello', ''), 'curl -sS --head http');
  has('curl of a path', await copied('GET', '/a/../hello?x=[1]', ''), 'curl -sS --globoff --path-as-is ');
  has('curl of a text', await copied('POST', '/notes', 'milk'), "-X POST");
  has('curl of a text', await read(), "'Content-Type: text/plain' --data-raw milk");
  has('curl of JSON', await copied('POST', '/notes', '{"title":"milk"}'), "'Content-Type: application/json'");
  await page.context().close();
});

await check('a token outlives a reload and can be forgotten', async ({ equal }) => {
  const page = await open(scene.main);
  await mint(page, {});
  await page.reload();
  await page.waitForSelector('#live.on');
  equal('tokens', await page.locator('#token-list > div').count(), 1);
  await go(page, 'tokens');
  await page.getByRole('button', { name: 'Forget' }).click();
  equal('tokens', await page.locator('#token-list > div').count(), 0);
  await page.context().close();
});

// --- Requests, and each mistake with its cause

await check('a request that succeeds passes all layers', async ({ equal, has }) => {
  const page = await open(scene.main);
  await mint(page, {});
  has('status', await send(page, 'GET', '/notes'), '200');
  await latest(page);
  const states = await page.locator('#detail .way li').evaluateAll((items) => items.map((item) => item.className));
  equal('layers', states, ['passed', 'passed', 'passed', 'passed', 'passed']);
  await page.context().close();
});

await check('requests of others appear by themselves', async ({ has }) => {
  const page = await open(scene.main);
  await fetch(`${scene.main.api}/hello?mark=by-curl`);
  await page.locator('#list button', { hasText: 'mark=by-curl' }).waitFor();
  has('list', await page.textContent('#list'), '/hello?mark=by-curl');
  await page.context().close();
});

const mistakes = [
  ['no token', scene.main, null, 'GET', '/notes', '401', ['gateway', 'no token', 'the page Tokens makes one']],
  ['an expired token', scene.main, { expires: '-3600' }, 'GET', '/notes', '401', ['gateway', 'token expired', 'Get a new token']],
  ['a token for another client', scene.main, { wrong: 'audience' }, 'GET', '/notes', '401', ['gateway', 'wrong audience', 'Options.Audience']],
  ['a token of another issuer', scene.main, { wrong: 'issuer' }, 'GET', '/notes', '401', ['gateway', 'wrong issuer', 'another issuer']],
  ['a token with another signature', scene.main, { wrong: 'signature' }, 'GET', '/notes', '401', ['gateway', 'token not verified', 'copied whole']],
  ['a missing scope, at the gateway', scene.main, { scopes: 'notes/read' }, 'POST', '/notes', '403', ['gateway', 'scope missing', 'notes/write']],
  ['a missing scope, at the function', scene.coarse, { scopes: 'notes/read' }, 'POST', '/notes', '403', ['policy', 'notes/write']],
  ['a missing group', scene.main, { groups: 'staff' }, 'GET', '/admin', '403', ['policy', 'group "admin"']],
  ['an ID token where a scope is needed', scene.coarse, { client: 'page', user: 'ada', use: 'id' }, 'GET', '/notes', '403', ['policy', 'notes/read']],
  ['an issuer that the function does not trust', scene.pinned, {}, 'GET', '/notes', '401', ['policy', 'claims.Config']],
  ['a token on an open route', scene.coarse, {}, 'GET', '/open/notes', '401', ['policy', 'Register the route']],
  ['no such route', scene.main, {}, 'GET', '/nowhere', '404', ['policy', 'Register the route']],
  ['a preflight on a catch-all', scene.coarse, null, 'OPTIONS', '/notes', '401', ['gateway', 'no token']],
  ['a panic', scene.main, null, 'GET', '/panics', '500', ['adapter', 'panicked', 'stack']],
  ['a reply of 7 MB', scene.main, null, 'GET', '/large', '500', ['adapter', 'larger than the front takes', 'presigned']],
];

for (const [name, site, token, method, path, status, words] of mistakes) {
  await check(`mistake: ${name}`, async ({ has }) => {
    const page = await again(site);
    await go(page, 'requests');
    await page.click('#clear');
    if (token) await mint(page, token);
    has('status', await send(page, method, path, { token: Boolean(token) }), status);
    await go(page, 'requests');
    const text = await latest(page, { hasText: path });
    for (const word of words) has('the way', text, word);
  });
}

// The mistakes of examples/internal/mistakes, whose texts the log has as well.
for (const mistake of scene.mistakes) {
  await check(`mistake of the guide: ${mistake.name}`, async ({ has, fail }) => {
    const page = await open(mistake);
    if (mistake.token) await mint(page, mistake.token);
    let preflight = false;
    if (mistake.by === 'client') {
      await fetch(mistake.api + mistake.path, {
        method: mistake.method, headers: mistake.header ?? {}, body: mistake.upload ? new Uint8Array(mistake.upload).fill(255) : undefined,
      });
    } else if (mistake.by === 'page') {
      await send(page, mistake.method, mistake.path, { token: Boolean(mistake.token) });
    } else {
      preflight = Boolean(mistake.token || mistake.body);
      await go(page, 'try');
      await page.selectOption('#try-method', mistake.method);
      await page.selectOption('#try-token', mistake.token ? '0' : '');
      await page.fill('#try-path', mistake.path);
      await page.fill('#try-body', mistake.body);
      await page.click('#try-origin');
      await page.waitForSelector('#try-result .bad');
    }
    await go(page, 'requests');
    const request = page.locator('#list button', preflight ? { hasText: 'OPTIONS' } : { hasText: mistake.path.split('?')[0] }).first();
    await request.filter({ hasText: String(mistake.status) }).waitFor(); // or it is still running
    await request.click();
    await page.waitForSelector('#detail .way');
    const text = await page.textContent('#detail');
    has('the way', text, mistake.says);
    const cure = await page.locator('#detail .cure').textContent();
    has('what to change', cure, mistake.cure);
    await page.context().close();
  });
}
said.length = 0; // what browsers say of refused requests

await check('what a request holds is shown as text', async ({ equal, has }) => {
  const page = await open(scene.main);
  const markup = '<img src=x onerror="window.broken=1">';
  await send(page, 'GET', `/says/${encodeURIComponent(markup)}`, { token: false });
  await page.waitForTimeout(100);
  const text = await latest(page, { hasText: '/says/' });
  has('the path', text, encodeURIComponent(markup));
  await page.locator('#detail summary').last().click();
  has('the body', await page.textContent('#detail pre'), markup);
  equal('elements', await page.locator('#detail img, #try-result img').count(), 0);
  equal('script that ran', await page.evaluate(() => window.broken), undefined);
  await page.context().close();
});

await check('no signature is in the page of requests', async ({ equal }) => {
  const page = await open(scene.main);
  await mint(page, {});
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem('tokens'))[0].token);
  await send(page, 'GET', `/says/${token}?token=${token}`);
  await page.waitForTimeout(100);
  await latest(page);
  const text = await page.evaluate(() => document.querySelector('#requests').outerHTML);
  equal('the signature is there', text.includes(token.split('.')[2].slice(0, 30)), false);
  await page.context().close();
});

await check('only what was stopped, and nothing after Clear', async ({ equal, fail }) => {
  const page = await open(scene.main);
  await send(page, 'GET', '/hello', { token: false });
  await send(page, 'GET', '/nowhere', { token: false });
  await page.waitForTimeout(100);
  await go(page, 'requests');
  await page.check('#stopped-only');
  for (const text of await page.locator('#list li:visible').allTextContents()) {
    if (text.includes('/hello')) fail(`not stopped, and shown: ${text}`);
  }
  await page.click('#clear');
  // The page asks its server first.
  await page.waitForFunction(() => document.querySelectorAll('#list li').length === 0, null, { timeout: 5000 }).catch(() => {});
  equal('requests', await page.locator('#list li').count(), 0);
  await page.context().close();
});

await check('a stream is seen while it runs', async ({ has }) => {
  const page = await open(scene.stream);
  const answer = fetch(`${scene.stream.api}/stream`);
  await page.locator('#list button', { hasText: 'streaming 6 bytes' }).waitFor();
  await fetch(scene.more, { method: 'POST' });
  await (await answer).text();
  await page.locator('#list button', { hasText: '200' }).waitFor();
  await page.locator('#list button').first().click();
  await page.waitForSelector('#detail .way');
  has('the answer', await page.textContent('#detail'), 'Answer – 13 bytes');
  await page.context().close();
});

// --- CORS, from a page of another origin

await check('another site\'s page reads what CORS lets it', async ({ has, equal }) => {
  const page = await open(scene.main);
  await mint(page, {});
  await go(page, 'try');
  await page.fill('#try-path', '/notes?by=page');
  await page.selectOption('#try-token', '0');
  await page.click('#try-origin');
  await page.waitForSelector('#try-result .status');
  equal('status', await page.textContent('#try-result .status'), '200');
  await page.waitForTimeout(200);
  const text = await latest(page, { hasText: 'GET/notes?by=page' });
  has('the request', text, 'its preflight: request');
  await page.getByRole('button', { name: /its preflight/ }).click();
  await page.waitForFunction(() => document.querySelector('#detail h3').textContent.startsWith('OPTIONS'));
  has('the preflight', await page.textContent('#detail'), 'what it was for: request');
  await page.context().close();
});

await check('a method that CORS does not allow is blocked, and the preflight tells', async ({ has }) => {
  const page = await open(scene.main);
  await go(page, 'try');
  await page.selectOption('#try-method', 'DELETE');
  await page.fill('#try-path', '/notes?by=blocked');
  await page.click('#try-origin');
  await page.waitForSelector('#try-result .bad');
  has('result', await page.textContent('#try-result'), 'lets that page read nothing');
  await page.waitForTimeout(200);
  has('list', await latest(page, { hasText: 'by=blocked' }), 'OPTIONS');
  said.length = 0; // the browser said that it blocked
  await page.context().close();
});

for (const page of shared.values()) await page.context().close();

// --- Pages of other origins

for (const [name, origin] of [
  ['the redirect URI\'s', scene.stranger],
  ['the console\'s port by IP', scene.main.console.replace('localhost', '127.0.0.1')],
  ['the API\'s', scene.main.api],
]) {
  await check(`${name} origin reads nothing of the console`, async ({ equal }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${origin}/hello`).catch(() => {});
    const read = await page.evaluate(async (at) => {
      const found = [];
      const attempt = async (what, run) => {
        try { const value = await run(); if (value) found.push(`${what}: ${String(value).slice(0, 60)}`); } catch { /* as it should be */ }
      };
      for (const path of ['/', '/console/about', '/console/live', '/console/exchange/1', '/console/script.js']) {
        for (const options of [{}, { credentials: 'include' }, { headers: { 'Gatehouse-Console': 'x' } }, { mode: 'no-cors' }]) {
          await attempt(`fetch ${path}`, async () => (await fetch(at + path, options)).text());
        }
      }
      await attempt('mint', async () => (await fetch(`${at}/console/mint`, { method: 'POST', body: '{}' })).text());
      await attempt('frame', () => new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.onload = () => { try { resolve(frame.contentDocument?.querySelector('meta[name="gatehouse-console"]')?.content); } catch { resolve(''); } };
        frame.src = `${at}/`;
        document.body.append(frame);
        setTimeout(() => resolve(''), 1500);
      }));
      await attempt('window', () => new Promise((resolve) => {
        const other = window.open(`${at}/`);
        setTimeout(() => { try { resolve(other.document.querySelector('meta[name="gatehouse-console"]')?.content); } catch { resolve(''); } }, 1000);
      }));
      await attempt('script', () => new Promise((resolve) => {
        const script = document.createElement('script');
        script.src = `${at}/console/script.js`;
        script.onload = () => resolve('it was loaded');
        script.onerror = () => resolve('');
        document.body.append(script);
      }));
      return found;
    }, scene.main.console);
    equal('what it read', read, []);
    await context.close();
  });
}

await check('the page of the second origin obeys the console alone', async ({ equal }) => {
  const other = scene.main.console.replace('localhost', '127.0.0.1');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(scene.stranger);
  const heard = await page.evaluate((at) => new Promise((resolve) => {
    const heard = [];
    window.addEventListener('message', ({ data }) => heard.push(JSON.stringify(data)));
    const frame = document.createElement('iframe');
    frame.src = `${at}/console/origin`;
    document.body.append(frame);
    setTimeout(() => frame.contentWindow?.postMessage({ id: 1, url: `${at}/`, method: 'GET', headers: {} }, '*'), 700);
    setTimeout(() => resolve(heard), 1500);
  }), other);
  equal('what a stranger\'s page hears', heard, []);
  await context.close();
});

// --- For everybody

const contrast = () => {
  const channel = (c) => ((c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const paper = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const low = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(paper(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(`${element.tagName} ${element.className} ${ratio.toFixed(1)}`);
  }
  return [...low];
};

const sections = ['requests', 'policy', 'tokens', 'try'];

for (const scheme of ['light', 'dark']) {
  await check(`${scheme}: text stands out from its paper`, async ({ equal }) => {
    const page = await open(scene.main, { colorScheme: scheme, reducedMotion: 'reduce' });
    await mint(page, {});
    await send(page, 'GET', '/nowhere');
    await page.waitForTimeout(100);
    await latest(page);
    for (const section of sections) {
      await go(page, section);
      equal(`contrast below 4.5 on ${section}`, await page.evaluate(contrast), []);
    }
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    equal('paper', dark, scheme === 'dark' ? 'rgb(17, 24, 23)' : 'rgb(255, 255, 255)');
    await page.context().close();
  });
}

await check('360 pixels are wide enough', async ({ equal }) => {
  const page = await open(scene.main, { viewport: { width: 360, height: 740 } });
  await mint(page, { client: 'page', user: 'ada' });
  await send(page, 'GET', '/says/0190b2e4-7f6a-7c3d-9b1e-2a3b4c5d6e7f/and/a/rather/long/path');
  await page.waitForTimeout(100);
  await latest(page);
  for (const section of sections) {
    await go(page, section);
    equal(`width of ${section}`, await page.evaluate(() => document.documentElement.scrollWidth), 360);
  }
  await page.context().close();
});

await check('the keyboard is enough', async ({ equal, has, fail }) => {
  const page = await open(scene.main, { section: '' }); // or the section would be where Tab begins
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  await page.keyboard.press('Tab');
  equal('the first stop', await focused(), 'Skip to content');
  const visible = await page.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0);
  if (!visible) fail('the skip link is not seen when it has the focus');
  const stops = [];
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab');
    stops.push(await focused());
  }
  equal('the menu', stops, ['Requests', 'Policy', 'Tokens', 'Try']);
  equal('an outline', await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'solid');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#try:not([hidden])');
  await page.focus('#try-path');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('/nowhere');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#try-result .status');
  await page.focus('nav a[href="#requests"]');
  await page.keyboard.press('Enter');
  await page.locator('#list button', { hasText: '/nowhere' }).first().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#detail .way');
  has('the way', await page.textContent('#detail'), '/nowhere');
  equal('the focus stays', await page.evaluate(() => document.activeElement.getAttribute('aria-pressed')), 'true');
  await page.context().close();
});

await check('everything has a role and a name', async ({ equal, fail }) => {
  const page = await open(scene.main);
  await mint(page, {});
  await send(page, 'GET', '/notes');
  await page.waitForTimeout(100);
  await latest(page);
  const session = await page.context().newCDPSession(page);
  for (const section of sections) {
    await go(page, section);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const seen = nodes.filter((node) => !node.ignored);
    const of = (role) => seen.filter((node) => node.role?.value === role);
    for (const role of ['button', 'link', 'textbox', 'combobox', 'checkbox', 'navigation', 'region', 'article', 'image']) {
      for (const node of of(role)) {
        if (!node.name?.value?.trim()) fail(`${section}: a ${role} without a name`);
      }
    }
    equal(`${section}: main`, of('main').length, 1);
    if (of('heading').length < 2) fail(`${section}: no headings`);
  }
  await page.context().close();
});

await check('every button sends what it says', async ({ equal }) => {
  const page = await open(scene.main, { section: 'try' });
  for (const button of await page.locator('#tries button').all()) {
    const text = await button.textContent();
    const want = text.split('→ ')[1];
    await page.evaluate(() => document.querySelector('#try-result').replaceChildren());
    await button.click();
    await page.waitForSelector('#try-result .status');
    equal(text, await page.textContent('#try-result .status'), want);
  }
  await page.context().close();
});

await check('no other host was asked, and the browser had nothing to say', async ({ equal }) => {
  const known = new Set([...Object.values(scene), ...scene.mistakes].flatMap((site) => (site.console ? [site.console, site.console.replace('localhost', '127.0.0.1'), site.api] : [])).map((url) => new URL(url).host));
  equal('hosts', [...hosts].filter((host) => !known.has(host)), []);
  equal('errors', said.filter((text) => !text.includes('the server responded with a status of')), []);
});

// --- Pictures

if (pictures) {
  for (const [name, options] of [
    ['light', { colorScheme: 'light', viewport: { width: 1100, height: 640 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1100, height: 640 } }],
    ['phone', { colorScheme: 'light', viewport: { width: 360, height: 640 } }],
  ]) {
    await check(`picture: ${name}`, async () => {
      const page = await open(scene.coarse, { ...options, reducedMotion: 'reduce' });
      await page.click('#clear');
      await mint(page, {});
      for (const [method, path, token] of [['GET', '/notes', false], ['GET', '/notes', true], ['POST', '/notes', true], ['GET', '/nowhere', true]]) await send(page, method, path, { token });
      await page.waitForTimeout(200);
      await latest(page, { hasText: 'POST' });
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(pictures, `console-${name}.png`) });
      await page.context().close();
    });
  }
}

await browser.close();
