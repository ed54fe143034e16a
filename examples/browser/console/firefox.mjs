// The person of firefox_test.go: it uses the console in Firefox, driven by WebDriver
// BiDi, and prints a line of JSON for each check, with what was not as it should be.
//
//	node firefox.mjs FOLDER FIREFOX SCENE
//
// FOLDER is the node_modules that hold puppeteer-core, FIREFOX the browser, SCENE the
// JSON of scene_test.go.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, executablePath, sceneText] = process.argv.slice(2);
const { main: site, policy } = JSON.parse(sceneText);
const entry = join(resolve(folder), 'puppeteer-core/lib/esm/puppeteer/puppeteer-core.js');
const { default: puppeteer } = await import(pathToFileURL(entry));

const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
const page = await browser.newPage();
page.setDefaultTimeout(10000);
const said = []; // by the browser's own console
const hosts = new Set(); // that were asked for anything
page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warn') said.push(m.text()); });
page.on('pageerror', (error) => said.push(String(error)));
page.on('request', (request) => { if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host); });

async function check(name, run) {
  const line = { name, failures: [] };
  try {
    await run((what, got, want) => { if (JSON.stringify(got) !== JSON.stringify(want)) line.failures.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`); });
  } catch (error) {
    line.failures.push(String(error).split('\n')[0]);
  }
  console.log(JSON.stringify(line));
}

const go = (section) => page.click(`nav a[href="#${section}"]`);
const fill = (selector, text) => page.$eval(selector, (e, text) => { e.value = text; }, text);
const text = (selector) => page.$eval(selector, (e) => e.textContent);

async function mint(client) {
  await go('tokens');
  await page.select('#mint-client', client);
  await page.select('#mint-user', '');
  const before = await page.evaluate(() => sessionStorage.getItem('tokens'));
  await page.click('#mint button[type=submit]');
  await page.waitForFunction((before) => sessionStorage.getItem('tokens') !== before, {}, before);
}

// send sends a request from Try and returns what the page says of the answer.
async function send(method, path, token) {
  await go('try');
  await page.select('#try-method', method);
  await page.select('#try-token', token ? '0' : '');
  await fill('#try-path', path);
  await page.evaluate(() => document.querySelector('#try-result').replaceChildren());
  await page.click('#try-form button[type=submit]');
  await page.waitForSelector('#try-result .status, #try-result .bad');
  return text('#try-result p');
}

// latest is what the page says of the latest request, once that is one to path.
async function latest(path) {
  await go('requests');
  await page.waitForFunction((path) => document.querySelector('#list button')?.textContent.includes(path), {}, path);
  await page.click('#list button');
  await page.waitForFunction((path) => document.querySelector('#detail .way') && document.querySelector('#detail').textContent.includes(path), {}, path);
  return text('#detail');
}

await check('it loads, and is live before the first request', async (equal) => {
  await page.goto(`${site.console}/#requests`);
  await page.waitForSelector('#live.on');
  equal('title', await page.title(), 'gatehouse console');
});

await check('the policy table is the policy', async (equal) => {
  await go('policy');
  const rows = await page.$$eval('[aria-label="Routes of both layers"] tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(' | ')));
  equal('rows', rows, policy);
});

for (const [name, method, path, token, status, why] of [
  ['nobody is told why', 'GET', '/notes', false, '401', 'no token'],
  ['a token that was made there is taken', 'GET', '/notes', true, '200', 'notes/read'],
  ['a missing scope is named', 'POST', '/notes', true, '403', 'scope missing'],
  ['a missing route is named', 'GET', '/nowhere', true, '404', 'no route is registered for this method and path'],
]) {
  await check(name, async (equal) => {
    if (token && method === 'GET' && path === '/notes') await mint('reader');
    const answer = await send(method, path, token);
    equal(`status in ${answer}`, answer.includes(status), true);
    const detail = await latest(path);
    equal(`${why} in ${detail}`, detail.includes(why), true);
  });
}

await check('a phone\'s width is enough', async (equal) => {
  await page.setViewport({ width: 360, height: 740 });
  for (const section of ['requests', 'policy', 'tokens', 'try']) {
    await go(section);
    equal(section, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  }
});

await check('no other host, and nothing on the browser\'s console', async (equal) => {
  equal('hosts', [...hosts], [new URL(site.console).host]);
  equal('said', said, []);
});

await browser.close();
