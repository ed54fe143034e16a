// The console's page. Whatever comes from a request is put into the page as
// text, never as markup.
const $ = (id) => document.getElementById(id);
const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const secret = meta('gatehouse-console');
const otherOrigin = meta('gatehouse-other-origin');

// el makes an element; children are elements or text.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

// call asks the console; only this page has the secret.
async function call(path, body, signal) {
  const response = await fetch(`/console/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Gatehouse-Console': secret, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: 'no-store',
    signal,
  });
  if (!response.ok) throw new Error((await response.text()).trim() || `status ${response.status}`);
  return response;
}

let about = { clients: [], users: [], tries: [], policy: {} };

// --- Pages

const sections = ['requests', 'policy', 'tokens', 'try'];

function show() {
  const wanted = location.hash.slice(1);
  if (wanted === 'main') return;
  const name = sections.includes(wanted) ? wanted : 'requests';
  for (const section of sections) $(section).hidden = section !== name;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}
window.addEventListener('hashchange', () => { show(); window.scrollTo(0, 0); });

// --- Requests

const seen = new Map(); // id → { view, item }
const remembered = 200;
let chosen = 0;

const tone = (status) => (status >= 500 || status === 0 ? 'bad' : status >= 400 ? 'warn' : 'good');
const took = (millis) => (millis >= 1000 ? `${(millis / 1000).toFixed(1)} s` : `${millis.toFixed(1)} ms`);

function statusOf(view) {
  if (view.state === 'running') return 'running';
  if (view.state === 'streaming') return `streaming ${view.bytes} bytes`;
  return `${view.status || '–'}${view.state === 'broken' ? ' broken off' : ''} · ${took(view.millis)}`;
}

function rowOf(view) {
  const why = view.stop ? `${view.stop.who}: ${view.stop.why}` : '';
  const button = el('button', { type: 'button', 'aria-pressed': String(view.id === chosen), class: view.preflight ? 'paired' : '', onclick: () => choose(view.id) },
    el('span', { class: 'mono' }, view.method),
    el('span', { class: 'mono path' }, view.path + (view.query ? `?${view.query}` : '')),
    el('span', { class: `status ${view.state === 'done' ? tone(view.status) : ''}` }, statusOf(view)),
    view.asks ? el('span', { class: 'why' }, `preflight for ${view.asks}${view.follower ? `, then request ${view.follower}` : why ? ` – ${why}` : ', no request followed'}`)
      : why ? el('span', { class: 'why' }, why) : null);
  return button;
}

function receive(view) {
  const known = seen.get(view.id);
  const item = known?.item ?? el('li', { class: 'fresh' });
  seen.set(view.id, { view, item });
  const focused = item.contains(document.activeElement);
  item.replaceChildren(rowOf(view));
  if (focused) item.firstChild.focus();
  if (!known) {
    $('list').prepend(item);
    if (seen.size > remembered) {
      const [oldest] = seen.keys();
      seen.get(oldest).item.remove();
      seen.delete(oldest);
    }
  }
  item.hidden = $('stopped-only').checked && !view.stop;
  $('empty').hidden = true;
  if (view.id === chosen) detail(view.id);
}

function filter() {
  for (const { view, item } of seen.values()) item.hidden = $('stopped-only').checked && !view.stop;
}

function choose(id) {
  const before = chosen;
  chosen = id;
  for (const other of [before, id]) seen.get(other)?.item.firstChild.setAttribute('aria-pressed', String(other === id));
  detail(id).then(() => { if (narrow.matches) $('detail').scrollIntoView(); });
}

// refused reports whether a request was stopped on its way: neither the handler's
// own answers are that, nor a preflight that the gateway answers.
const refused = (view) => view.stop.who !== 'handler' && view.status >= 400;

const narrow = matchMedia('(max-width: 760px)');

const marks = { passed: '✓', stopped: '✕', unreached: '·', none: '–', running: '…' };
const words = { passed: 'passed', stopped: 'stopped here', unreached: 'not reached', none: 'none', running: 'under way' };

function wayOf(layers) {
  return el('ol', { class: 'way', 'aria-label': 'The layers, from the outside in' },
    ...layers.map((layer) => el('li', { class: layer.state },
      el('span', { role: 'img', 'aria-label': words[layer.state], class: layer.state === 'passed' ? 'good' : '' }, marks[layer.state]),
      el('span', {}, layer.name),
      el('span', { class: 'mono says' }, layer.says),
      el('span', { class: 'quiet took' }, layer.millis ? took(layer.millis) : ''))));
}

function messageOf(title, message) {
  return el('details', {},
    el('summary', {}, `${title} – ${message.size} bytes${message.note ? `, ${message.note}` : ''}`),
    el('dl', {}, ...(message.headers ?? []).flatMap(([name, value]) => [el('dt', { class: 'mono' }, name), el('dd', { class: 'mono' }, value)])),
    message.body ? el('pre', { tabindex: '0', 'aria-label': `${title}, body` }, message.body) : null);
}

const pairButton = (label, id) => (id ? el('button', { type: 'button', onclick: () => choose(id) }, `${label} ${id}`) : null);

let asking = 0;
async function detail(id) {
  const ticket = ++asking;
  let all;
  try {
    all = await (await call(`exchange/${id}`)).json();
  } catch (error) {
    if (ticket === asking) $('detail').replaceChildren(el('p', { class: 'quiet' }, error.message));
    return;
  }
  if (ticket !== asking) return; // another was chosen meanwhile
  const { view, request, response } = all;
  const open = [...$('detail').querySelectorAll('details')].map((d) => d.open);
  $('detail').replaceChildren(...[
    el('h3', { class: 'mono' }, `${view.method} ${view.path}${view.query ? `?${view.query}` : ''}`),
    el('p', {}, el('span', { class: `status ${view.state === 'done' ? tone(view.status) : ''}` }, statusOf(view)), ` · request ${view.id} at ${view.at}`),
    view.origin ? el('p', {}, 'by a page of ', el('code', {}, view.origin)) : null,
    el('div', { class: 'chips' }, pairButton('its preflight: request', view.preflight), pairButton('what it was for: request', view.follower)),
    view.stop ? el('div', { class: refused(view) ? 'stop' : 'note' },
      el('p', {}, el('strong', {}, refused(view) ? `Stopped by ${view.stop.who === 'cors' ? '' : 'the '}${view.stop.who}: ` : ''), view.stop.why),
      el('p', { class: 'cure' }, view.stop.cure)) : null,
    wayOf(view.layers),
    messageOf('Request', request),
    messageOf('Answer', response),
  ].filter(Boolean));
  [...$('detail').querySelectorAll('details')].forEach((d, i) => { d.open = open[i] ?? false; });
}

// live reads changes for as long as the page is open.
async function live() {
  for (;;) {
    try {
      const response = await call('live');
      $('live').textContent = 'live';
      $('live').className = 'on';
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const lines = (rest + value).split('\n');
        rest = lines.pop();
        for (const line of lines) if (line) receive(JSON.parse(line));
      }
    } catch { /* the program ended, or this tab slept */ }
    $('live').textContent = 'not connected: reload if the program was restarted';
    $('live').className = '';
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

// --- Policy

function table(caption, head, rows) {
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    el('table', {},
      el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell) => el('td', { class: 'mono' }, String(cell))))))));
}

function policy() {
  const p = about.policy;
  const body = $('policy-body');
  if (!p.known) {
    body.replaceChildren(el('p', {}, 'The policy is not known here. Give it to local.Options.Policy: an authz.Mux, or the routes of echoauthz, ginauthz or chiauthz.'));
    return;
  }
  body.replaceChildren(...[
    el('dl', {},
      el('dt', {}, 'Callers are known by'), el('dd', { class: 'mono' }, p.identity),
      ...(p.every ? [el('dt', {}, 'Every rule but public also requires'), el('dd', { class: 'mono' }, p.every)] : []),
      ...(p.report ? [el('dt', {}, 'Refusals are only recorded until'), el('dd', { class: 'mono' }, p.report)] : []),
      el('dt', {}, 'CORS'), el('dd', {}, p.cors)),
    ...(p.problems ?? []).map((text) => el('div', { class: 'stop' }, el('p', {}, text))),
    el('h3', {}, 'Both layers'),
    table('Routes of both layers', ['Method', 'Path', 'The function requires', 'The gateway asks for'],
      (p.rules ?? []).map((r) => [r.method || 'any', r.pattern, r.requirement, r.gateway])),
    el('h3', {}, 'Who may do what'),
    (p.matrix.rows ?? []).length ? table('Who may do what', ['Method', 'Path', ...p.matrix.callers], p.matrix.rows) : el('p', { class: 'quiet' }, 'There is no caller to ask for.'),
    el('h3', {}, 'Routes of the gateway'),
    table('Routes of the gateway', ['Route', 'Authorizer', 'One of the scopes'],
      (p.routes ?? []).map((r) => [r.key, r.open ? 'open' : r.authorizer || 'default', (r.scopes ?? []).join(' ') || '–'])),
    ...(p.notes ?? []).map((text) => el('p', { class: 'quiet' }, text)),
  ].filter(Boolean));
}

// --- Tokens

let tokens = JSON.parse(sessionStorage.getItem('tokens') ?? '[]'); // [{ name, token }]

function decode(token) {
  try {
    const bytes = (part) => Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const [header, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(new TextDecoder().decode(bytes(part))));
    return { header, claims };
  } catch {
    return { header: {}, claims: {} };
  }
}

function keep(name, token) {
  tokens = [{ name, token }, ...tokens.filter((other) => other.name !== name)].slice(0, 20);
  showTokens();
  $('try-token').value = '0';
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    $('token-message').textContent = `Copied: ${what}.`;
  } catch {
    $('token-message').textContent = 'The browser does not let this page copy.';
  }
}

const shell = (word) => (/^[-\w./:@%+=,]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function curlOf(token) {
  const { method, path, body } = attempt();
  const how = method === 'HEAD' ? ['--head'] : method === 'GET' && !body ? [] : ['-X', method];
  return ['curl', '-sS', ...how,
    ...(/[[\]{}]/.test(path) ? ['--globoff'] : []), ...(/\/\.\.?(\/|\?|$)/.test(path) ? ['--path-as-is'] : []), about.api + path,
    ...(body ? ['-H', `Content-Type: ${isJSON(body) ? 'application/json' : 'text/plain'}`, '--data-raw', body] : []),
    ...(token ? ['-H', `Authorization: Bearer ${token}`] : [])].map(shell).join(' ');
}

function isJSON(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const go = (value) => {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[]any{${value.map(go).join(', ')}}`;
  return `map[string]any{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${go(member)}`).join(', ')}}`;
};

// What was sent last, and the status that it got.
let last = {};

// tried is the status for a test of the form's request with a token: what it got last,
// 200 if it was not sent. A 401 may be for an expiry, which the test does not have.
function tried(token) {
  const now = { ...attempt(), token };
  const same = Object.keys(now).every((name) => now[name] === last[name]);
  return same && last.status !== 401 ? last.status : 200;
}

// testOf is a test that brings its own caller: nothing in it expires.
function testOf(token) {
  const { claims } = decode(token);
  const own = Object.entries(claims).filter(([name]) => !['exp', 'iat', 'auth_time', 'jti', 'origin_jti', 'nonce'].includes(name));
  const width = Math.max(0, ...own.map(([name]) => JSON.stringify(name).length + 1));
  const body = $('try-body').value;
  const want = tried(token);
  return `func TestCaller(t *testing.T) {
	r := httptest.NewRequest(${go($('try-method').value)}, ${go($('try-path').value)}, ${body ? `strings.NewReader(${go(body)})` : 'nil'})
	r = authztest.FrontOf(mux).As(r, map[string]any{
${own.map(([name, value]) => `\t\t${`${JSON.stringify(name)}:`.padEnd(width)} ${go(value)},`).join('\n')}
	})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if w.Code != ${want === 200 ? 'http.StatusOK' : want} {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
`;
}

function tokenPanel({ name, token }, i) {
  const { header, claims } = decode(token);
  const until = claims.exp ? new Date(claims.exp * 1000) : null;
  const dead = until && until < new Date();
  return el('div', {},
    el('h3', {}, name),
    el('p', { class: dead ? 'bad' : 'quiet' }, until ? `${dead ? 'expired' : 'expires'} ${until.toLocaleTimeString()}` : 'no expiry'),
    el('div', { class: 'chips' },
      el('button', { type: 'button', onclick: () => { $('try-token').value = String(i); location.hash = '#try'; } }, 'Try it'),
      el('button', { type: 'button', onclick: () => copy(token, 'the token') }, 'Copy token'),
      el('button', { type: 'button', onclick: () => copy(curlOf(token), 'a curl line') }, 'Copy as curl'),
      el('button', { type: 'button', onclick: () => copy(testOf(token), 'a test that makes its own caller') }, 'Copy as test'),
      el('button', { type: 'button', onclick: () => { tokens.splice(i, 1); showTokens(); } }, 'Forget')),
    el('details', { open: i === 0 }, el('summary', {}, 'Claims'),
      el('pre', { tabindex: '0', 'aria-label': `Claims of ${name}` }, `${JSON.stringify(header)}\n${JSON.stringify(claims, null, 2)}`)));
}

function showTokens() {
  sessionStorage.setItem('tokens', JSON.stringify(tokens));
  $('token-list').replaceChildren(...(tokens.length ? tokens.map(tokenPanel) : [el('p', { class: 'quiet' }, 'No token yet.')]));
  const selected = $('try-token').value;
  $('try-token').replaceChildren(el('option', { value: '' }, 'none'), ...tokens.map(({ name }, i) => el('option', { value: String(i) }, name)));
  $('try-token').value = tokens[selected] ? selected : '';
}

const clientOf = (id) => about.clients.find((client) => client.id === id);

function fillScopes() {
  $('mint-scopes').value = (clientOf($('mint-client').value)?.scopes ?? []).join(' ');
  $('mint-groups').value = (about.users.find((user) => user.name === $('mint-user').value)?.groups ?? []).join(', ');
}

const list = (text, separator) => text.split(separator).map((item) => item.trim()).filter(Boolean);

function describe(order) {
  const wrong = { audience: ', for another client', issuer: ', of another issuer', signature: ', with another signature' }[order.wrong] ?? '';
  const what = order.use === 'id' ? 'ID token' : order.scopes.join(' ') || 'no scope';
  return `${order.user ? `${order.user} by ` : ''}${order.client}: ${what}${order.expires < 0 ? ', expired' : ''}${wrong}`;
}

async function mint(order) {
  const { token } = await (await call('mint', order)).json();
  keep(describe(order), token);
  return token;
}

$('mint').addEventListener('submit', async (event) => {
  event.preventDefault();
  const value = (name) => $(`mint-${name}`).value;
  try {
    await mint({
      client: value('client'), user: value('user'), scopes: list(value('scopes'), ' '), groups: list(value('groups'), ','),
      use: value('use'), expires: Number(value('expires')), wrong: value('wrong'),
    });
    $('token-message').textContent = 'Made. It is chosen under Try.';
  } catch (error) {
    $('token-message').textContent = error.message;
  }
});

// --- Sign in, with PKCE and state

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const callback = `${location.origin}/console/callback`;

$('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const flow = { client: $('sign-in-client').value, verifier: randomText(), state: randomText() };
  sessionStorage.setItem('flow', JSON.stringify(flow));
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(flow.verifier));
  location.assign(`/oauth2/authorize?${new URLSearchParams({
    response_type: 'code', client_id: flow.client, redirect_uri: callback, state: flow.state,
    code_challenge: base64url(new Uint8Array(sum)), code_challenge_method: 'S256',
  })}`);
});

// signedIn comes back from the sign-in page. The code leaves the address first.
async function signedIn() {
  if (location.pathname !== '/console/callback') return;
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, '', '/#tokens');
  const flow = JSON.parse(sessionStorage.getItem('flow') ?? 'null');
  sessionStorage.removeItem('flow');
  const message = $('token-message');
  if (!flow || answer.get('state') !== flow.state) {
    message.textContent = 'That sign-in was not begun here: its state is not the one that was sent.';
    return;
  }
  if (!answer.get('code')) {
    message.textContent = `The issuer says: ${answer.get('error')}`;
    return;
  }
  const response = await fetch('/oauth2/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: flow.client, redirect_uri: callback, code: answer.get('code'), code_verifier: flow.verifier }),
  });
  const reply = await response.json();
  if (!response.ok) {
    message.textContent = `The issuer says: ${reply.error}`;
    return;
  }
  const { claims } = decode(reply.access_token);
  if (reply.id_token) keep(`${claims.username} by ${flow.client}: ID token`, reply.id_token);
  keep(`${claims.username} by ${flow.client}: signed in`, reply.access_token);
  message.textContent = `Signed in as ${claims.username}.`;
}

// --- Try

function result(answer) {
  $('try-result').replaceChildren(el('div', {},
    answer.blocked
      ? el('p', { class: 'bad' }, el('strong', {}, 'The browser lets that page read nothing. '), 'Either CORS does not allow its origin, method or headers, or the preflight was refused: the requests tell which.')
      : el('p', { class: `status ${tone(answer.status)}` }, answer.status ? String(answer.status) : `${answer.type}: the page may not read it`),
    el('dl', {}, ...(answer.headers ?? []).flatMap(([name, value]) => [el('dt', { class: 'mono' }, name), el('dd', { class: 'mono' }, value)])),
    answer.note ? el('p', { class: 'quiet' }, answer.note) : null,
    answer.body ? el('pre', { tabindex: '0', 'aria-label': 'Body of the answer' }, answer.body) : null,
    el('p', {}, el('a', { href: '#requests' }, 'See its way'))));
}

function failed(error) {
  $('try-result').replaceChildren(el('div', {}, el('p', { class: 'bad' }, error.message)));
}

const attempt = () => ({
  method: $('try-method').value, path: $('try-path').value, token: tokens[$('try-token').value]?.token ?? '', body: $('try-body').value,
});

$('try-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const sent = attempt();
    const answer = await (await call('try', sent)).json();
    last = { ...sent, status: answer.status };
    result(answer);
    chooseLatest();
  } catch (error) {
    failed(error);
  }
});

// chooseLatest shows the way of what was just sent, once it is known.
function chooseLatest() {
  setTimeout(() => { if (seen.size) choose(Math.max(...seen.keys())); }, 200);
}

// frame is the page of another origin, as soon as it listens.
let frame;
function otherPage() {
  frame ??= new Promise((resolve) => {
    window.addEventListener('message', function ready({ origin, source, data }) {
      if (origin !== otherOrigin || source !== $('other').contentWindow || !data.ready) return;
      window.removeEventListener('message', ready);
      resolve(source);
    });
    $('other').src = `${otherOrigin}/console/origin`;
  });
  return frame;
}

let messages = 0;
$('try-origin').addEventListener('click', async () => {
  const { method, path, token, body } = attempt();
  const page = await otherPage();
  const id = ++messages;
  window.addEventListener('message', function answered({ origin, source, data }) {
    if (origin !== otherOrigin || source !== page || data.id !== id) return;
    window.removeEventListener('message', answered);
    result(data);
    chooseLatest();
  });
  page.postMessage({
    id, method, url: about.api + path, body: body || undefined,
    headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body ? { 'Content-Type': 'application/json' } : {}) },
  }, otherOrigin);
});

async function runTry(t) {
  $('try-method').value = t.method;
  $('try-path').value = t.path;
  $('try-body').value = t.body ?? '';
  $('try-token').value = '';
  try {
    if (t.client) {
      const client = clientOf(t.client);
      const user = about.users.find((u) => u.name === t.user);
      await mint({ client: t.client, user: t.user ?? '', scopes: client?.scopes ?? [], groups: user?.groups ?? [], use: 'access', expires: 3600, wrong: '' });
    }
    $('try-form').requestSubmit();
  } catch (error) {
    failed(error);
  }
}

// --- Beginning

const option = (value, text) => el('option', { value }, text ?? value);

function begin() {
  $('where').replaceChildren(about.front, ' at ', el('code', {}, about.api), about.issuer ? ', issuer ' : '', about.issuer ? el('code', {}, about.issuer) : '');
  policy();
  const interactive = about.clients.filter((client) => client.sign_in);
  $('sign-in').hidden = interactive.length === 0 || about.users.length === 0;
  $('sign-in-note').textContent = `Users: ${about.users.map((user) => user.name).join(', ')}. Their passwords are printed when the program starts.`;
  $('sign-in-client').replaceChildren(...interactive.map((client) => option(client.id)));
  $('mint').hidden = about.clients.length === 0;
  $('mint-client').replaceChildren(...about.clients.map((client) => option(client.id)));
  $('mint-user').replaceChildren(option('', 'none: the client itself'), ...about.users.map((user) => option(user.name)));
  fillScopes();
  $('paths').replaceChildren(...(about.policy.rules ?? []).map((rule) => option(rule.pattern)));
  $('tries').replaceChildren(...about.tries.map((t) => el('button', { type: 'button', onclick: () => runTry(t) },
    `${t.method} ${t.path}${t.client ? ` as ${t.user ? `${t.user} by ` : ''}${t.client}` : ', no token'}${t.want ? ` → ${t.want}` : ''}`)));
  $('try-note').textContent = `Requests go to ${about.api} and nowhere else.`;
  $('try-origin').hidden = !otherOrigin;
  $('try-origin').textContent = `Send as a page of ${otherOrigin}`;
  showTokens();
}

$('mint-client').addEventListener('change', fillScopes);
$('mint-user').addEventListener('change', fillScopes);
$('stopped-only').addEventListener('change', filter);
$('clear').addEventListener('click', async () => {
  await call('clear', {});
  seen.clear();
  chosen = 0;
  $('list').replaceChildren();
  $('empty').hidden = false;
  $('detail').replaceChildren(el('p', { class: 'quiet' }, 'Choose a request to see how far it came.'));
});

const coming = signedIn();
show();
about = await (await call('about')).json();
begin();
await coming;
showTokens();
live();
