// The AI SDK over what its provider for OpenAI has beside chats and tools.
import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText } from 'ai';

globalThis.AI_SDK_LOG_WARNINGS = false;

const openai = ({ baseURL }) => createOpenAI({ baseURL, apiKey: 'sk-of-a-test' });

export async function embed({ values, ...rest }) {
  const model = openai(rest).embedding('text-embedding-3-small');
  return (await embedMany({ model, values, maxRetries: 0 })).embeddings;
}

export async function complete(given) {
  const model = openai(given).completion('gpt-3.5-turbo-instruct');
  return (await generateText({ model, prompt: 'Once upon a time', maxRetries: 0 })).text;
}

// Ask with pictures and tools that the provider would run itself.
export async function sources(given) {
  const provider = openai(given);
  const tools = { web_search: provider.tools.webSearch({}) };
  const image = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
  const content = [{ type: 'text', text: 'What is it?' }, { type: 'image', image }];
  const messages = [{ role: 'user', content }];
  const model = provider('gpt-4.1');
  const { text, sources: cited } = await generateText({ model, messages, tools, maxRetries: 0 });
  return { text, cited: cited.map(({ url, title }) => ({ url, title })) };
}

// Go on from a response that the provider keeps.
export async function goOn(given) {
  const model = openai(given)('gpt-4.1');
  const first = await generateText({ model, prompt: 'Hi', maxRetries: 0 });
  const previousResponseId = first.providerMetadata.openai.responseId;
  const providerOptions = { openai: { previousResponseId, logprobs: 2 } };
  const second = await generateText({ model, prompt: 'And then?', maxRetries: 0, providerOptions });
  const [{ length }] = second.providerMetadata.openai.logprobs;
  return { first: first.text, second: second.text, tokens: length, previousResponseId };
}
