// Talks to a server by the npm packages ai and zhipu-ai-provider, and prints what it got, one fact a line.
// Arguments: base URL, model, action.
import { generateText, stepCountIs, streamText, tool } from "ai";
import { createZhipu } from "zhipu-ai-provider";
import { z } from "zod";

const [baseURL, model, action] = process.argv.slice(2);
globalThis.AI_SDK_LOG_WARNINGS = false;
const zhipu = createZhipu({ baseURL, apiKey: "sk-interop" });
const print = (key, value) => console.log(`${key}: ${value}`);
const printUsage = ({ inputTokens, outputTokens, totalTokens }) =>
  print("usage", `${inputTokens}+${outputTokens}=${totalTokens}`);

const hello = {
  model: zhipu(model, { thinking: { type: "enabled" } }),
  prompt: "hello",
  maxRetries: 1,
};
const tools = {
  add: tool({
    description: "Adds two numbers",
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: async ({ a, b }) => {
      print("called", `add ${a} ${b}`);
      return a + b;
    },
  }),
};

async function read(options) {
  const result = streamText({ ...options, onError: () => {} });
  for await (const part of result.fullStream) {
    if (part.type === "reasoning-delta") print("reasoning", part.text);
    if (part.type === "text-delta" && part.text) print("text", part.text);
    if (part.type === "error") throw part.error;
    if (part.type === "finish") {
      print("finish", part.finishReason);
      printUsage(part.totalUsage);
    }
  }
}

const actions = {
  async chat() {
    const result = await generateText(hello);
    if (result.reasoningText) print("reasoning", result.reasoningText);
    print("text", result.text);
    print("finish", result.finishReason);
    printUsage(result.usage);
  },

  stream: () => read(hello),

  async functions() {
    const result = await generateText({ ...hello, tools, stopWhen: stepCountIs(2) });
    print("text", result.text);
  },

  streamFunctions: () => read({ ...hello, tools, stopWhen: stepCountIs(2) }),

  impatient: () => generateText({ ...hello, maxRetries: 0, abortSignal: AbortSignal.timeout(3_000) }),
};

try {
  await actions[action]();
} catch (e) {
  const last = e.lastError ?? e;
  print("thrown", [e.name, last.statusCode, last.data?.error?.code].filter(Boolean).join(" "));
}
