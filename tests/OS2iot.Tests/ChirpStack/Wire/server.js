// A server made with ChirpStack's own generated stubs. It tells on its output what arrived, by the names that the stubs have for it,
// and answers with what the line before on its input asked for.
'use strict';

const path = require('path');
const readline = require('readline');
const grpc = require('@grpc/grpc-js');

const folder = path.dirname(require.resolve('@chirpstack/chirpstack-api/package.json'));
const stubs = (name) => require(path.join(folder, name));

const services = ['internal', 'tenant', 'application', 'gateway', 'device_profile', 'device', 'multicast_group'];
const messages = {
  api: services.map((name) => stubs(`api/${name}_pb.js`)),
  common: [stubs('common/common_pb.js')],
  gw: [stubs('gw/gw_pb.js')],
  'google.protobuf': [require('google-protobuf/google/protobuf/timestamp_pb.js'), require('google-protobuf/google/protobuf/empty_pb.js')],
};

let answer = null;

const tell = (line) => process.stdout.write(JSON.stringify(line) + '\n');

const typeOf = (name) => {
  const dot = name.lastIndexOf('.');
  const found = messages[name.slice(0, dot)].find((module) => module[name.slice(dot + 1)]);
  if (!found) {
    throw new Error(`The stubs have no ${name}.`);
  }
  return found[name.slice(dot + 1)];
};

const valueOf = (value) => (value !== null && typeof value === 'object' && value.type ? build(value) : value);

// Through the setters, so that a name that the stubs don't have is an error.
const build = ({ type, fields }) => {
  const message = new (typeOf(type))();
  for (const { name, kind, value } of fields) {
    const capital = name[0].toUpperCase() + name.slice(1);
    if (kind === 'map') {
      value.forEach(([key, entry]) => message[`get${capital}Map`]().set(key, entry));
    } else if (kind === 'list') {
      message[`set${capital}List`](value.map(valueOf));
    } else {
      message[`set${capital}`](valueOf(value));
    }
  }
  return message;
};

const handler = (method) => (call, callback) => {
  tell({
    path: method.path,
    authorization: call.metadata.get('authorization'),
    deadline: call.getDeadline() instanceof Date ? call.getDeadline().getTime() : call.getDeadline(),
    now: Date.now(),
    request: call.request.toObject(),
  });
  if (answer.code !== undefined) {
    callback({ code: answer.code, details: answer.words });
  } else if (answer.bytes !== undefined) {
    callback(null, method.responseType.deserializeBinary(Buffer.from(answer.bytes, 'base64')));
  } else {
    callback(null, build(answer));
  }
};

const server = new grpc.Server();
for (const name of services) {
  const { [Object.keys(stubs(`api/${name}_grpc_pb.js`)).find((key) => key.endsWith('Service'))]: service } = stubs(`api/${name}_grpc_pb.js`);
  server.addService(service, Object.fromEntries(Object.entries(service).map(([key, method]) => [key, handler(method)])));
}

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  tell({ port });
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line);
  if (asked.decode) {
    tell({ decoded: typeOf(asked.decode).deserializeBinary(Buffer.from(asked.bytes, 'base64')).toObject() });
  } else {
    answer = asked;
    tell({ ready: true });
  }
}).on('close', () => process.exit(0));
