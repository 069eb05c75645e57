// A plain server of Node: writes prepared bytes and does nothing else.
// node node_server.mjs PORT FILE: FILE is a list of events as JSON.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , port, file] = process.argv;
const events = JSON.parse(readFileSync(file, 'utf8')).map((event) => Buffer.from(event));
const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'x-request-id': 'req_bench',
};

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, headers);
    // Writes of one turn may go out together.
    for (const event of events) response.write(event);
    response.end();
  });
});
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
