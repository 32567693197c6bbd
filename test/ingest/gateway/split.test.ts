import { expect, test } from '@jest/globals';
import { splitMessages } from '../../../services/ingest/gateway/split.js';

const split = (text: string) => {
  const { batch, messages } = splitMessages(Buffer.from(text, 'latin1'));
  return { batch, messages: messages.map((message) => message.toString('latin1')) };
};

test('one message is itself, byte for byte', () => {
  expect(split('MSH|a\rPID|1\r')).toEqual({ batch: false, messages: ['MSH|a\rPID|1\r'] });
  expect(split('\r\n MSH|a')).toEqual({ batch: false, messages: [] });
  expect(split('\r\nMSH|a')).toEqual({ batch: false, messages: ['\r\nMSH|a'] });
  expect(split('\xef\xbb\xbfMSH|a\r')).toEqual({ batch: false, messages: ['\xef\xbb\xbfMSH|a\r'] });
});

test('a batch is parted at MSH, without its envelope', () => {
  const batch = 'FHS|^~\\&\rBHS|^~\\&\rMSH|a\rPID|1\rMSH|b\rPID|2\rBTS|2\rFTS|1\r';
  expect(split(batch)).toEqual({ batch: true, messages: ['MSH|a\rPID|1\r', 'MSH|b\rPID|2\r'] });
  expect(split(batch.replaceAll('\r', '\r\n'))).toEqual({
    batch: true,
    messages: ['MSH|a\r\nPID|1\r\n', 'MSH|b\r\nPID|2\r\n'],
  });
  expect(split(batch.replaceAll('\r', '\n')).messages).toHaveLength(2);
});

test('two MSH without a batch header are two messages', () => {
  expect(split('MSH|a\rPID|1\rMSH|b\r')).toEqual({ batch: false, messages: ['MSH|a\rPID|1\r', 'MSH|b\r'] });
});

test('MSH inside a field, or behind a bare LF where CR ends segments, is data', () => {
  expect(split('MSH|a|MSH|\rPID|1|x\nMSH|b\r').messages).toEqual(['MSH|a|MSH|\rPID|1|x\nMSH|b\r']);
});

test('without MSH there is no message', () => {
  expect(split('BHS|^~\\&\rBTS|0\r')).toEqual({ batch: true, messages: [] });
  expect(split('')).toEqual({ batch: false, messages: [] });
});
