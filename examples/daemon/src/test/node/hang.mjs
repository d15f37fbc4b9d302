// Begins calls that hang, over MCP and WebSocket, to be killed in the midst of them: node hang.mjs <mcp url> <ws url>
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import WebSocket from 'ws';

const [mcp, ws] = process.argv.slice(2);
const hang = { prompt: 'please hang' };
const client = new Client({ name: 'killed', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(mcp)));
const calls = ['chat', 'analyze'].map((name) => client.callTool({ name, arguments: hang }));

const socket = new WebSocket(ws);
socket.on('open', () => socket.send(JSON.stringify({ op: 'hello', token: '' })));
socket.on('message', (data) => {
  if (JSON.parse(data).op === 'hello_ack') {
    for (const [index, name] of ['chat', 'debug'].entries()) {
      socket.send(JSON.stringify({ op: 'call_tool', request_id: `h${index}`, name, arguments: hang }));
    }
  }
});
await Promise.all(calls);
