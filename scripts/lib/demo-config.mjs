#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Usage: demo-config.mjs DIR: from DIR/stack.json (what the local stack printed) and the data set in
// DIR/data, writes one config.json an agent, as an operator would on each host, and prints nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.argv[2];
const stack = JSON.parse(readFileSync(join(dir, 'stack.json'), 'utf8'));
const data = (...segments) => join(dir, 'data', ...segments);

const common = {
  access_key: stack.access_key,
  secret_key: stack.secret_key,
  bucket: stack.bucket,
  endpoint: stack.s3_endpoint,
  region: stack.region,
  coordinator_url: stack.coordinator_url,
};
const roots = { target_roots: [data('dst', 'da3_data'), data('dst', 'da4_data')] };
const da1 = { '/da1_data': data('src', 'da1_data') };
const da2 = { '/da2_data': data('src', 'da2_data') };

// Host da1 reaches both disks, da2 only its own; da3 and da4 share the destination's file system.
const agents = {
  da1: { coordinator_token: stack.tokens.send, paths: { ...da1, ...da2 } },
  da2: { coordinator_token: stack.tokens.send, paths: da2 },
  da3: { coordinator_token: stack.tokens.recv, domain: 'destination', ...roots },
  da4: { coordinator_token: stack.tokens.recv, domain: 'destination', ...roots },
};
for (const [name, own] of Object.entries(agents)) {
  write(join(dir, `${name}.json`), `${JSON.stringify({ ...common, name, ...own }, null, 2)}\n`);
}
// For curl -H @file: a token on a command line would be seen by every user of the host.
write(join(dir, 'read.header'), `Authorization: Bearer ${stack.tokens.read}\n`);
write(join(dir, 'admin.header'), `Authorization: Bearer ${stack.tokens.admin}\n`);

function write(path, text) {
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
}
