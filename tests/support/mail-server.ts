/** A real SMTP server on loopback that keeps what it gets, read by a parser that is not ours. */
import type { AddressInfo, Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A message that was taken. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly raw: string;
  readonly mail: ParsedMail;
}

/** What the server does beside taking messages. */
export interface MailServerOptions extends SMTPServerOptions {
  /** What it answers to a recipient, such as `451 4.7.1 Greylisted`; nothing: it takes it. */
  readonly refuse?: (address: string) => string | undefined;
  /** The same for the message as a whole. */
  readonly refuseData?: () => string | undefined;
  /** It breaks connections off when the message has come. */
  readonly cut?: () => boolean;
}

/** A server that runs. */
export interface MailServer {
  readonly port: number;
  readonly received: readonly Received[];
  /** How many connections came in all, and the most that were open at once. */
  readonly connections: { readonly count: number; readonly most: number };
  stop(): Promise<void>;
}

/** Starts one on a free port, without authentication or TLS unless told otherwise. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { refuse, refuseData, cut, ...rest } = options;
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const connections = { count: 0, most: 0 };
  const server = new SMTPServer({
    authOptional: options.onAuth === undefined,
    disabledCommands: [
      ...(options.key === undefined ? ['STARTTLS'] : []),
      ...(options.onAuth === undefined ? ['AUTH'] : []),
    ],
    logger: false,
    // Clients keep their connections open.
    closeTimeout: 10,
    onRcptTo: ({ address }, _session, done) => done(asReply(refuse?.(address))),
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', async () => {
        if (cut?.() === true) {
          for (const socket of sockets) socket.destroy();
          return;
        }
        const refused = asReply(refuseData?.());
        if (refused !== null) return done(refused);
        const raw = Buffer.concat(pieces);
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          raw: raw.toString(),
          mail: await simpleParser(raw),
        });
        done();
      });
    },
    ...rest,
  });
  // A client that refuses our certificate breaks off, which is what the tests want.
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket);
    connections.count += 1;
    connections.most = Math.max(connections.most, sockets.size);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => listening.once('listening', resolve));
  return {
    port: (listening.address() as AddressInfo).port,
    received,
    connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function asReply(reply: string | undefined): Error | null {
  if (reply === undefined) return null;
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}
