// An issuer that nobody here wrote, for oidcprovider_test.go: it gives access
// tokens by client_credentials, as JWTs in RS256, ES256 and EdDSA. Its keys are
// new at each start. It listens on 127.0.0.1 only and ends with its standard
// input.
//
//	node server.mjs FOLDER PORT
//
// FOLDER is the node_modules that hold oidc-provider, PORT may be 0. The first
// line of the output is the issuer.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, port] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(join(folder, 'oidc-provider/lib/index.js')));

function key(alg, type, options) {
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });
  return { ...jwk, alg, use: 'sig', kid: randomUUID() };
}

const keys = [
  key('RS256', 'rsa', { modulusLength: 2048 }),
  key('ES256', 'ec', { namedCurve: 'P-256' }),
  key('EdDSA', 'ed25519'),
];

function configuration() {
  return {
    jwks: { keys },
    clients: keys.map(({ alg }) => ({
      client_id: `client-${alg}`,
      client_secret: 'secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    scopes: ['notes/read', 'notes/write'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource, client) => ({
          scope: 'notes/read notes/write',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: client.clientId.replace('client-', '') } },
        }),
      },
    },
  };
}

const server = createServer();
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration()).callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
