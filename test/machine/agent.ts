/**
 * The program that the test's host runs: it takes one JSON line `{command, input}` over TCP, runs the command
 * in a shell as root, answers `{code, stdout, stderr}` and closes. It listens in the emulated host only,
 * whose network reaches nothing but the test.
 */
export const AGENT = `'use strict';
const { spawn } = require('node:child_process');
require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (part) => { text += part; });
  socket.on('end', () => {
    const ask = JSON.parse(text);
    const child = spawn('/bin/sh', ['-c', ask.command], { stdio: ['pipe', 'pipe', 'pipe'] });
    const out = []; const err = [];
    child.stdout.on('data', (part) => out.push(part));
    child.stderr.on('data', (part) => err.push(part));
    child.stdin.on('error', () => {});
    child.stdin.end(Buffer.from(ask.input, 'base64'));
    child.on('close', (code) => socket.end(JSON.stringify({
      code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') })));
  });
}).listen(7777, '0.0.0.0');
`;
