// The page of another origin: it fetches what the console asks for, and tells it
// what the browser let it read. Nobody else is listened to or answered.
const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const consoleOrigin = meta('gatehouse-console-origin');
const api = meta('gatehouse-api');

const tell = (message) => window.parent.postMessage(message, consoleOrigin);

window.addEventListener('message', async ({ origin, source, data }) => {
  if (origin !== consoleOrigin || source !== window.parent) return;
  const { id, url, method, headers, body } = data;
  if (new URL(url).origin !== api) return;
  try {
    const response = await fetch(url, { method, headers, body, credentials: 'omit', redirect: 'manual' });
    tell({ id, status: response.status, type: response.type, headers: [...response.headers], body: (await response.text()).slice(0, 65536) });
  } catch {
    tell({ id, blocked: true });
  }
});

tell({ ready: true });
