// The official SDK. Each function takes `baseURL` and what it asks for.
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';

import { caught } from './caught.mjs';

const client = ({ baseURL, settings = {} }) =>
  new OpenAI({ baseURL, apiKey: 'sk-of-a-test', maxRetries: 0, timeout: 5000, ...settings });

const ask = (request) => ({
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: 'How does a letter find its way?' }],
  ...request,
});

// Read a stream to its end, or to its error: the text is kept either way.
export async function stream({ request, ...rest }) {
  let text = '';
  const chunks = [];
  const end = await caught(async () => {
    const body = { ...ask(request), stream: true };
    for await (const chunk of await client(rest).chat.completions.create(body)) {
      chunks.push(chunk);
      text += chunk.choices[0]?.delta?.content ?? '';
    }
  });
  return { text, chunks, error: end.error ?? null };
}

export async function whole({ request, ...rest }) {
  return caught(async () => {
    const made = client(rest).chat.completions.create(ask(request));
    const { data, request_id: requestID } = await made.withResponse();
    return { completion: data, requestID };
  });
}

// Let the SDK put the chunks together.
export async function accumulate({ request, ...rest }) {
  const runner = client(rest).chat.completions.stream(ask(request));
  return runner.finalChatCompletion();
}

// Let the SDK call the tool and ask again with what it returned.
export async function runTools({ request, ...rest }) {
  const called = [];
  const weather = (given) => {
    called.push(given);
    return `rain in ${given.city}`;
  };
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const tool = { name: 'weather', description: 'of a city', parameters };
  const tools = [{ type: 'function', function: { ...tool, function: weather, parse: JSON.parse } }];
  const runner = client(rest).chat.completions.runTools({ ...ask(request), stream: true, tools });
  const text = await runner.finalContent();
  return { text, called };
}

// Let the SDK make the schema and read the answer with it.
export async function parse({ request, ...rest }) {
  const format = zodResponseFormat(z.object({ city: z.string(), degrees: z.number() }), 'weather');
  const body = { ...ask(request), response_format: format };
  const completion = await client(rest).chat.completions.parse(body);
  return completion.choices[0].message.parsed;
}

// Leave after some chunks, as a user does who closes the page.
export async function abort({ request, after, ...rest }) {
  const chunks = await client(rest).chat.completions.create({ ...ask(request), stream: true });
  let read = 0;
  const end = await caught(async () => {
    for await (const _ of chunks) {
      read += 1;
      if (read === after) chunks.controller.abort();
    }
  });
  return { read, error: end.error ?? null };
}

export async function models(given) {
  const ids = [];
  for await (const model of client(given).models.list()) ids.push(model.id);
  return ids;
}

export async function model({ id, ...rest }) {
  return caught(() => client(rest).models.retrieve(id));
}
