// The official SDK over what is neither a chat nor a response.
import OpenAI, { toFile } from 'openai';

import { caught } from './caught.mjs';

const client = ({ baseURL }) =>
  new OpenAI({ baseURL, apiKey: 'sk-of-a-test', maxRetries: 0, timeout: 5000 });

const PROMPT = { model: 'gpt-3.5-turbo-instruct', prompt: 'Once upon a time' };

export async function complete({ request, ...rest }) {
  return caught(() => client(rest).completions.create({ ...PROMPT, ...request }));
}

export async function streamCompletion({ request, ...rest }) {
  let text = '';
  const end = await caught(async () => {
    const body = { ...PROMPT, ...request, stream: true };
    for await (const { choices } of await client(rest).completions.create(body)) {
      text += choices[0]?.text ?? '';
    }
  });
  return { text, error: end.error ?? null };
}

// The vectors as the SDK asks for them unless it is told, which is base64, and as numbers.
export async function embed({ input, ...rest }) {
  const { embeddings } = client(rest);
  const body = { model: 'text-embedding-3-small', input, dimensions: 8 };
  const packed = await embeddings.create(body);
  const plain = await embeddings.create({ ...body, encoding_format: 'float' });
  return [packed, plain].map(({ data }) => data.map(({ embedding }) => embedding));
}

export async function moderate({ input, ...rest }) {
  const { results } = await client(rest).moderations.create({ input });
  return results;
}

// Upload a file, read it again, list it and delete it.
export async function files({ text, ...rest }) {
  const api = client(rest).files;
  const file = await toFile(Buffer.from(text), 'some.jsonl');
  const made = await api.create({ file, purpose: 'batch' });
  const content = await (await api.content(made.id)).text();
  const listed = [];
  for await (const { id } of api.list({ limit: 1 })) listed.push(id);
  const found = await api.retrieve(made.id);
  await api.delete(made.id);
  const gone = await caught(() => api.retrieve(made.id));
  return { content, listed: listed.includes(made.id), filename: found.filename, gone };
}

// Have requests answered in a batch.
export async function batch({ requests, endpoint, ...rest }) {
  const api = client(rest);
  const lines = requests.map((body, at) => ({ custom_id: `r${at}`, method: 'POST', url: endpoint, body }));
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const file = await api.files.create({ file: await toFile(Buffer.from(text), 'b.jsonl'), purpose: 'batch' });
  const made = await api.batches.create({ input_file_id: file.id, endpoint, completion_window: '24h' });
  let seen = made;
  for (let tries = 0; seen.status !== 'completed' && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen = await api.batches.retrieve(made.id);
  }
  const output = await (await api.files.content(seen.output_file_id)).text();
  const answers = output.trim().split('\n').map((line) => JSON.parse(line));
  return { first: made.status, status: seen.status, counts: seen.request_counts, answers };
}

// Keep chat completions: tell one again, list them, and give one other metadata.
export async function keep(given) {
  const { completions } = client(given).chat;
  const messages = [{ role: 'user', content: 'Hi' }];
  const asked = { model: 'gpt-4.1', messages, store: true, metadata: { topic: 'letters' } };
  const made = await completions.create(asked);
  const found = await completions.retrieve(made.id);
  const listed = [];
  for await (const { id } of completions.list({ metadata: { topic: 'letters' } })) listed.push(id);
  const sent = [];
  for await (const { content } of completions.messages.list(made.id)) sent.push(content);
  const updated = await completions.update(made.id, { metadata: { topic: 'post' } });
  const { deleted } = await completions.delete(made.id);
  return {
    same: found.choices[0].message.content === made.choices[0].message.content,
    listed: listed.includes(made.id),
    sent,
    metadata: updated.metadata,
    deleted,
  };
}
