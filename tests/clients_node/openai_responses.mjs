// The official SDK over `/v1/responses`. Each function takes `baseURL` and what it asks for.
import OpenAI from 'openai';
import { ResponsesToolRunner, runnerFunction } from 'openai/helpers/responses-tool-runner';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';

import { caught } from './caught.mjs';

const client = ({ baseURL, settings = {} }) =>
  new OpenAI({ baseURL, apiKey: 'sk-of-a-test', maxRetries: 0, timeout: 5000, ...settings });

const ask = (request) => ({ model: 'gpt-4.1', input: 'How does a letter find its way?', ...request });

// Keep the events of a stream, up to its end or its error.
async function read(begun, events = []) {
  const end = await caught(async () => {
    for await (const event of await begun) events.push(event);
  });
  return { events, error: end.error ?? null };
}

export async function whole({ request, ...rest }) {
  return caught(async () => {
    const made = client(rest).responses.create(ask(request));
    const { data, request_id: requestID } = await made.withResponse();
    return { response: data, requestID };
  });
}

export async function stream({ request, ...rest }) {
  return read(client(rest).responses.create({ ...ask(request), stream: true }));
}

// Let the SDK put the events together.
export async function accumulate({ request, ...rest }) {
  const runner = client(rest).responses.stream(ask(request));
  let text = '';
  runner.on('response.output_text.delta', (event) => {
    text += event.delta;
    if (event.snapshot !== text) throw new Error(`${event.snapshot} is not ${text}`);
  });
  return caught(() => runner.finalResponse());
}

// Let the SDK make the schema and read the answer with it.
export async function parse({ request, ...rest }) {
  const format = zodTextFormat(z.object({ city: z.string(), degrees: z.number() }), 'weather');
  const response = await client(rest).responses.parse({ ...ask(request), text: { format } });
  return response.output_parsed;
}

// Let the SDK call the tool and ask again with what it returned.
export async function runTools({ request, stream, ...rest }) {
  const called = [];
  const tool = zodResponsesFunction({
    name: 'weather',
    description: 'of a city',
    parameters: z.object({ city: z.string() }),
    function: ({ city }) => {
      called.push(city);
      return `rain in ${city}`;
    },
  });
  const runner = new ResponsesToolRunner({ functions: [runnerFunction(tool)] });
  const response = await runner.run(client(rest), ask(request), { stream, maxSteps: 3 });
  return { text: response.output_text, called };
}

// Begin in the background, lose the stream, and take it up again where it was lost.
export async function resume({ request, ...rest }) {
  const { responses } = client(rest);
  const lost = await read(
    responses.create({ ...ask(request), background: true, stream: true }),
  );
  const [{ response }] = lost.events;
  const starting_after = lost.events.at(-1).sequence_number;
  const found = await read(responses.retrieve(response.id, { stream: true, starting_after }));
  return { lost, found };
}

// Stream a response that was made before, with the helper that puts it together.
export async function streamAgain({ request, ...rest }) {
  const { responses } = client(rest);
  const { events } = await read(
    responses.create({ ...ask(request), background: true, stream: true }),
  );
  const runner = responses.stream({ response_id: events[0].response.id, starting_after: 3 });
  const numbers = [];
  for await (const event of runner) numbers.push(event.sequence_number);
  return { numbers, response: await runner.finalResponse() };
}

export async function poll({ request, ...rest }) {
  const { responses } = client(rest);
  const begun = await responses.create({ ...ask(request), background: true });
  const cancelled = await responses.cancel(begun.id);
  const seen = await responses.retrieve(begun.id);
  return [begun.status, cancelled.status, seen.status];
}

// Go on from a response, list what the second was made from, and delete the first.
export async function keep({ request, ...rest }) {
  const { responses } = client(rest);
  const first = await responses.create(ask(request));
  const second = await responses.create({ ...ask(request), previous_response_id: first.id });
  const listed = [];
  for await (const item of responses.inputItems.list(second.id, { limit: 1 })) listed.push(item.type);
  await responses.delete(first.id);
  const gone = await caught(() => responses.retrieve(first.id));
  return { listed, gone };
}

export async function counted({ request, ...rest }) {
  const { input_tokens } = await client(rest).responses.inputTokens.count(ask(request));
  return input_tokens;
}

// Leave after some events, as a user does who closes the page.
export async function abort({ request, after, ...rest }) {
  const events = await client(rest).responses.create({ ...ask(request), stream: true });
  let seen = 0;
  const end = await caught(async () => {
    for await (const _ of events) {
      seen += 1;
      if (seen === after) events.controller.abort();
    }
  });
  return { seen, error: end.error ?? null };
}
