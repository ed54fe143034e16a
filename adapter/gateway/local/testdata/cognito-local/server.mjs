// User pools that nobody here wrote, for cognitolocal_test.go: npm's
// cognito-local. It listens on 127.0.0.1 only, keeps its files in FOLDER and
// ends with its standard input.
//
//	node server.mjs MODULES PORT FOLDER
//
// MODULES is the node_modules that hold cognito-local. The line "ready" among
// those of its log says that it answers.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, port, folder] = process.argv.slice(2);
const start = join(resolve(modules), 'cognito-local/lib/bin/start.js');
process.chdir(folder);
process.env.HOST = '127.0.0.1';
process.env.PORT = port;
createRequire(import.meta.url)(start);

for (;;) {
  try {
    await fetch(`http://127.0.0.1:${port}/`);
    break;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
console.log('ready');
process.stdin.on('end', () => process.exit()).resume();
