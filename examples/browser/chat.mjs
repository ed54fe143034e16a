// The browsers of chat_test.go: each person has a profile of their own, and a page
// that joins the chat as docs/chat.md says. It prints what each has heard.
//
//	node chat.mjs FOLDER CHROMIUM SCENE
//
// FOLDER and CHROMIUM are those of chromium.mjs; SCENE is JSON.
import { launch } from './launch.mjs';

const [folder, executablePath, scene] = process.argv.slice(2);
const { page: address, stranger, sockets, people } = JSON.parse(scene);
const browser = await launch(folder, executablePath);

// These run in the page.
async function askForTicket({ room, token }) {
  const response = await fetch(`/rooms/${room}/tickets`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  return (await response.json()).ticket;
}

function join({ sockets, ticket }) {
  const socket = new WebSocket(sockets, ['chat', `ticket.${ticket}`]);
  window.heard = [];
  socket.onmessage = (event) => window.heard.push(JSON.parse(event.data));
  window.say = (text) => socket.send(JSON.stringify({ text }));
  return new Promise((resolve) => {
    socket.onopen = () => resolve(socket.protocol);
    socket.onerror = () => resolve('refused');
  });
}

async function open(url) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  return page;
}

const pages = {};
const joined = {};
for (const [name, person] of Object.entries(people)) {
  const page = pages[name] = await open(address);
  const ticket = await page.evaluate(askForTicket, person);
  const foreign = await open(stranger);
  joined[name] = {
    foreign: await foreign.evaluate(join, { sockets, ticket }),
    own: await page.evaluate(join, { sockets, ticket }),
  };
  const thief = await open(address);
  joined[name].again = await thief.evaluate(join, { sockets, ticket });
}

// Each waits for what the other has said.
const hears = (name, text) => pages[name].waitForFunction((text) => window.heard.some((m) => m.text === text), text, { timeout: 10000 });
await pages.eve.evaluate(() => window.say('anybody here?'));
await hears('eve', 'anybody here?');
await pages.ada.evaluate(() => window.say('ahoy'));
await hears('bob', 'ahoy');
await pages.bob.evaluate(() => window.say('Möwe 🌊'));
await hears('ada', 'Möwe 🌊');
await hears('bob', 'Möwe 🌊');

const heard = {};
for (const [name, page] of Object.entries(pages)) heard[name] = await page.evaluate(() => window.heard.map((m) => `${m.from}: ${m.text}`));
console.log(JSON.stringify({ joined, heard }));
await browser.close();
