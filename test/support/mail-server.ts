import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type MailServer = {
  /** Raw mails as they came over the wire. */
  readonly mails: string[];
  readonly recipients: string[][];
  readonly port: number;
  /** Every mail from now on is refused with this SMTP status; null: taken again. */
  refuse(status: number | null): void;
  stop(): Promise<void>;
};

/** A real SMTP server without TLS on a free port. With `login` it demands user and password. */
export async function startMailServer(login?: { user: string; password: string }): Promise<MailServer> {
  const mails: string[] = [];
  const recipients: string[][] = [];
  let refusal: number | null = null;
  const options: SMTPServerOptions = {
    disabledCommands: ['STARTTLS', ...(login === undefined ? ['AUTH'] : [])],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    onAuth(auth, _session, done) {
      const right = auth.username === login?.user && auth.password === login?.password;
      done(right ? null : new Error('wrong'), right ? { user: auth.username } : undefined);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusal !== null) {
          return done(Object.assign(new Error('no, because of Zzyzx'), { responseCode: refusal }));
        }
        mails.push(Buffer.concat(chunks).toString('utf8'));
        recipients.push(session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  };
  const server = new SMTPServer(options);
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    mails,
    recipients,
    port: address.port,
    refuse(status) {
      refusal = status;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
