// The official client over HTTP or stdio: node mcp.mjs http <url> | stdio <command> <args...>
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const [kind, first, ...more] = process.argv.slice(2);
const transport = kind === 'http'
  ? new StreamableHTTPClientTransport(new URL(first))
  : new StdioClientTransport({ command: first, args: more, env: process.env, stderr: 'ignore' });
const client = new Client({ name: 'node', version: '1' });
await client.connect(transport);

const { tools } = await client.listTools();
console.log('tools: ' + tools.map((tool) => tool.name).sort().join(' '));

const answer = await client.callTool({ name: 'chat', arguments: { prompt: 'hi' } });
console.log('answer: ' + answer.content[0].text + ' by ' + answer.structuredContent.provider);

const run = await client.callTool({ name: 'analyze', arguments: { prompt: 'hi' } });
console.log('run: ' + run.content[0].text + ' in ' + run.structuredContent.steps + ' step');

const wrong = await client.callTool({ name: 'chat', arguments: { prompt: 'hi', model: 'no-such-model' } });
console.log('error: ' + wrong.isError + ' ' + wrong.structuredContent.error.code);

// After its second sign of life each is cancelled.
for (const name of ['chat', 'analyze']) {
  const progress = [];
  const abort = new AbortController();
  const hung = client.callTool({ name, arguments: { prompt: 'please hang' } }, undefined, {
    signal: abort.signal,
    onprogress: (each) => {
      progress.push(each.progress);
      if (progress.length === 2) {
        abort.abort('enough');
      }
    },
  });
  await hung.then(
    () => console.log(`hung ${name}: answered`),
    () => console.log(`hung ${name}: ended by the client, progress ${progress.join(' ')}`));
}

// A cancel is a notification, which nothing answers: the daemon has seen to it when nothing is in use any more.
let used;
do {
  const after = await client.callTool({ name: 'status', arguments: {} });
  used = after.structuredContent.levels[0].inUse;
} while (used > 0);
console.log('in use: ' + used);
let states;
do {
  const tasks = await client.callTool({ name: 'tasks', arguments: {} });
  states = tasks.structuredContent.tasks.map((task) => task.state);
} while (states.includes('in_progress'));
console.log('tasks: ' + states.join(' '));
await client.close();
