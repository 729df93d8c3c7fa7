import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readModelRequest, type ModelRequest } from './scripted-model/request.js';
import { say, type ModelReply } from './scripted-model/replies.js';
import { sendReply } from './scripted-model/respond.js';

export type { ModelRequest } from './scripted-model/request.js';
export { callTools, cut, fail, hang, say } from './scripted-model/replies.js';

/** Decides what the model answers. It may take its time. */
export type ModelScript = (request: ModelRequest) => ModelReply | Promise<ModelReply>;

/** An OpenAI-compatible model whose answers a test decides. */
export class ScriptedModel {
  /** Every completion asked for, oldest first. */
  readonly requests: ModelRequest[] = [];

  private constructor(
    private readonly server: Server,
    private script: ModelScript,
  ) {}

  /** Listens on a free port of the loopback interface. Without a script it says "Hello from the model." */
  static async start(script: ModelScript = () => say('Hello from the model.')): Promise<ScriptedModel> {
    const server = createServer();
    const model = new ScriptedModel(server, script);
    server.on('request', (request, response) => void model.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return model;
  }

  /** Base URL for a client, `/v1` included. */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1`;
  }

  /** Replaces the script for the requests to come. */
  answer(script: ModelScript): void {
    this.script = script;
  }

  /** Ends every answer under way. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url === '/v1/models') return sendModels(response);
      if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
        response.writeHead(404).end();
        return;
      }
      const asked = await readModelRequest(request);
      this.requests.push(asked);
      await sendReply(response, asked, await this.script(asked));
    } catch (error) {
      // A script that throws fails the turn, and says why in the answer.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: String(error), type: 'script_failed' } }));
    }
  }
}

function sendModels(response: ServerResponse): void {
  const data = [{ id: 'scripted-1', object: 'model', created: 0, owned_by: 'test' }];
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ object: 'list', data }));
}
