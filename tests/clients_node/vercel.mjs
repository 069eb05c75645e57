// The AI SDK over both of its providers that speak this API.
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

import { caught, told } from './caught.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

const PROMPT = 'How does a letter find its way?';

function model({ baseURL, provider, name = 'gpt-4.1' }) {
  const settings = { baseURL, apiKey: 'sk-of-a-test', name: 'fake' };
  if (provider === 'responses') return createOpenAI(settings)(name);
  if (provider === 'openai') return createOpenAI(settings).chat(name);
  const more = { includeUsage: true, supportsStructuredOutputs: true };
  return createOpenAICompatible({ ...settings, ...more }).chatModel('some-model');
}

const asked = ({ maxRetries = 0, settings = {}, ...given }) => ({
  model: model(given),
  prompt: PROMPT,
  maxRetries,
  ...settings,
});

const weather = (called) =>
  tool({
    description: 'of a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      called.push(city);
      return `rain in ${city}`;
    },
  });

export async function generate(given) {
  return caught(async () => {
    const { text, reasoningText, finishReason, usage } = await generateText(asked(given));
    return { text, reasoning: reasoningText ?? null, finishReason, usage };
  });
}

// Read a stream to its end. An error is a part of it, or is thrown while it is read.
export async function stream(given) {
  const seen = { text: '', reasoning: '', error: null, finishReason: null, usage: null };
  const note = {
    'text-delta': ({ text }) => (seen.text += text),
    'reasoning-delta': ({ text }) => (seen.reasoning += text),
    error: ({ error }) => (seen.error = told(error)),
    finish: ({ finishReason, totalUsage }) => Object.assign(seen, { finishReason, usage: totalUsage }),
  };
  const end = await caught(async () => {
    const { stream: parts } = streamText({ ...asked(given), onError: () => {} });
    for await (const part of parts) note[part.type]?.(part);
  });
  return { ...seen, thrown: end.error ?? null };
}

export async function generateWithTool(given) {
  const called = [];
  const tools = { weather: weather(called) };
  const more = { tools, stopWhen: stepCountIs(3) };
  const { text, steps } = await generateText({ ...asked(given), ...more });
  return { text, called, steps: steps.length };
}

export async function streamWithTool(given) {
  const called = [];
  const tools = { weather: weather(called) };
  const more = { tools, stopWhen: stepCountIs(3) };
  const result = streamText({ ...asked(given), ...more });
  let text = '';
  for await (const piece of result.textStream) text += piece;
  return { text, called, steps: (await result.steps).length };
}

export async function generateObject(given) {
  const schema = z.object({ city: z.string(), degrees: z.number() });
  const { output } = await generateText({ ...asked(given), output: Output.object({ schema }) });
  return output;
}

// Leave after some pieces, as a user does who closes the page.
export async function abort({ after, ...given }) {
  const leaving = new AbortController();
  const result = streamText({ ...asked(given), abortSignal: leaving.signal });
  let read = 0;
  let aborted = false;
  for await (const part of result.stream) {
    if (part.type === 'text-delta' && ++read === after) leaving.abort();
    if (part.type === 'abort') aborted = true;
  }
  return { read, aborted };
}
