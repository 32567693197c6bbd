import { Client, type InboundResponse, Message } from 'node-hl7-client';

export type Hl7Client = {
  /** MSA-1 of the answer; fails when MSA-2 is not the control id sent. */
  send(text: string): Promise<string>;
  close(): Promise<void>;
};

/** node-hl7-client as a hospital's interface engine uses it: one connection, one message in flight. */
export async function connectHl7Client(port: number): Promise<Hl7Client> {
  let answered: (response: InboundResponse) => void = () => {};
  const connection = new Client({ host: '127.0.0.1' }).createConnection(
    { port, waitAck: true },
    async (response) => answered(response),
  );
  await new Promise<void>((resolve) => connection.once('connect', () => resolve()));
  return {
    async send(text) {
      const message = new Message({ text });
      const answer = new Promise<InboundResponse>((resolve) => {
        answered = resolve;
      });
      await connection.sendMessage(message);
      const acknowledgement = (await answer).getMessage();
      const echoed = acknowledgement.get('MSA.2').toString();
      const sent = message.get('MSH.10').toString();
      if (echoed !== sent) throw new Error(`the answer is for "${echoed}", not for "${sent}"`);
      return acknowledgement.get('MSA.1').toString();
    },
    close: () => connection.close(),
  };
}
