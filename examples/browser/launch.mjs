import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// launch starts a Chromium with the playwright-core of a folder node_modules. The
// profile is a temporary one, and nothing but loopback can be reached.
export async function launch(folder, executablePath) {
  const { chromium } = await import(pathToFileURL(join(resolve(folder), 'playwright-core/index.mjs')));
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}
