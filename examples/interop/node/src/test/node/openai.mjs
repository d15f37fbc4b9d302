// Talks to a server by the npm package openai, and prints what it got, one fact a line.
// Arguments: base URL, model, action. A script is chosen by the environment variable FAKE_SCRIPT.
import OpenAI from "openai";

const [baseURL, model, action] = process.argv.slice(2);
const script = process.env.FAKE_SCRIPT;
const client = new OpenAI({
  baseURL,
  apiKey: "sk-interop",
  maxRetries: 1,
  timeout: 60_000,
  defaultHeaders: script ? { "X-Fake-Script": script } : {},
});
const completions = client.chat.completions;
const hello = { model, messages: [{ role: "user", content: "hello" }] };

const print = (key, value) => console.log(`${key}: ${value}`);
const printUsage = (usage) =>
  print("usage", `${usage.prompt_tokens}+${usage.completion_tokens}=${usage.total_tokens}`);

async function read(stream) {
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta ?? {};
    if (delta.reasoning_content) print("reasoning", delta.reasoning_content);
    if (delta.content) print("text", delta.content);
    if (chunk.choices[0]?.finish_reason) print("finish", chunk.choices[0].finish_reason);
    if (chunk.usage) printUsage(chunk.usage);
  }
}

const actions = {
  async chat() {
    const reply = await completions.create(hello);
    const { message, finish_reason } = reply.choices[0];
    if (message.reasoning_content) print("reasoning", message.reasoning_content);
    print("text", message.content);
    print("finish", finish_reason);
    printUsage(reply.usage);
  },

  async stream() {
    await read(await completions.create({ ...hello, stream: true, stream_options: { include_usage: true } }));
  },

  // The package calls the function and sends its result back, all by itself.
  async functions() {
    const runner = completions.runTools({
      ...hello,
      stream: process.env.STREAM === "true",
      tools: [
        {
          type: "function",
          function: {
            name: "add",
            description: "Adds two numbers",
            parameters: {
              type: "object",
              properties: { a: { type: "integer" }, b: { type: "integer" } },
              required: ["a", "b"],
            },
            parse: JSON.parse,
            function: ({ a, b }) => {
              print("called", `add ${a} ${b}`);
              return String(a + b);
            },
          },
        },
      ],
    });
    print("text", await runner.finalContent());
  },

  async impatient() {
    await completions.create(hello, { timeout: 3_000, maxRetries: 0 });
  },

  // Leaves a stream after its first piece of text.
  async leave() {
    const stream = await completions.create({ ...hello, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content) {
        print("text", chunk.choices[0].delta.content);
        break;
      }
    }
  },
};

try {
  await actions[action]();
} catch (e) {
  print("thrown", [e.constructor.name, e.status, e.code ?? e.type].filter(Boolean).join(" "));
}
