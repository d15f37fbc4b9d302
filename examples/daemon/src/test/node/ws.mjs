// The package ws against the old protocol: node ws.mjs <url>
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2]);
const say = (frame) => socket.send(JSON.stringify(frame));
const ops = new Map();

socket.on('open', () => say({ op: 'hello', token: '' }));
socket.on('message', (data) => {
  const frame = JSON.parse(data);
  if (frame.op === 'hello_ack') {
    console.log('hello: ' + frame.ok);
    say({ op: 'call_tool', request_id: 'hung', name: 'chat', arguments: { prompt: 'please hang', model: 'glm-4.7' } });
    say({ op: 'call_tool', request_id: 'quick', name: 'chat_EXAI-WS', arguments: { prompt: 'hi', model: 'kimi-k2.6' } });
    return;
  }
  const seen = ops.get(frame.request_id) ?? [];
  seen.push(frame.op);
  ops.set(frame.request_id, seen);
  if (frame.op === 'call_tool_res') {
    console.log(frame.request_id + ': ' + (frame.error ? frame.error.code : frame.text));
    if (frame.request_id === 'quick') {
      say({ op: 'cancel', request_id: 'hung' });
    } else {
      console.log('once: ' + [...ops.values()].every((all) => all.filter((op) => op === 'call_tool_res').length === 1));
      socket.close();
    }
  }
});
socket.on('close', () => process.exit(0));
socket.on('error', (error) => { console.log('error: ' + error.message); process.exit(1); });
