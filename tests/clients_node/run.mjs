// node run.mjs MODULE FUNCTION ARGUMENTS: prints what the function returns as one line of JSON,
// and stays until its input ends: only what the client closed itself is closed till then.
const [, , module, name, given] = process.argv;
const { [name]: work } = await import(`./${module}.mjs`);
const result = await work(JSON.parse(given));
process.stdout.write(`${JSON.stringify(result ?? null)}\n`);
for await (const _ of process.stdin);
process.exit();
