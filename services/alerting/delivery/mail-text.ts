import { type Alert, type AlertNotice, RETROSPECTIVE_NOTICE } from '../../../contracts/index.js';

export type MailText = { readonly subject: string; readonly text: string };

const HEADLINES: Readonly<Record<AlertNotice['type'], string>> = {
  'alert.raised': 'New alert',
  'alert.revised': 'Alert revised',
  'alert.withdrawn': 'Alert withdrawn',
  'alert.acknowledged': 'Alert acknowledged',
  'alert.digest': 'Digest',
};

const words = (code: string) => code.replaceAll('_', ' ');

/** What feeds and configuration wrote must not break a header, nor fake a line of the text. */
const oneLine = (text: string) => text.replace(/\p{Cc}+/gu, ' ').trim();

function lines(alert: Alert): string[] {
  const { generator } = alert;
  return [
    `Tier:       ${alert.significance}${alert.state === 'open' ? '' : ` (${alert.state})`}`,
    `Generator:  ${generator.name}${generator.version === '' ? '' : `, version ${generator.version}`}`,
    `Modality:   ${alert.modality ?? 'not known'}`,
    `Aspects:    ${alert.aspects.map(words).join(', ')}`,
    `Rule:       ${alert.rule}`,
    `Case:       ${alert.link}`,
  ].map(oneLine);
}

function digest({ alerts, counts }: AlertNotice): MailText {
  const { urgent = 0, actionable = 0, withdrawn = 0 } = counts ?? {};
  const summary = `${urgent} urgent, ${actionable} actionable, ${withdrawn} withdrawn`;
  const left = urgent + actionable + withdrawn - alerts.length;
  return {
    subject: `[Overread] Digest: ${summary}`,
    text: [
      'Alerts beyond the daily budget of this channel:',
      `${summary}.`,
      ...alerts.flatMap((alert) => ['', ...lines(alert)]),
      ...(left > 0 ? ['', `and ${left} more on the page.`] : []),
      '',
      `${RETROSPECTIVE_NOTICE}.`,
    ].join('\n'),
  };
}

/** Subject and plain text of a mail: tier, generator, modality, aspects and link; never a report's words. */
export function mailText(notice: AlertNotice): MailText {
  const [alert] = notice.alerts;
  if (notice.type === 'alert.digest' || alert === undefined) return digest(notice);
  const headline = HEADLINES[notice.type];
  const about = [alert.significance, alert.generator.name, alert.modality ?? ''].filter(
    (part) => part !== '',
  );
  return {
    subject: oneLine(`[Overread] ${headline}: ${about.join(', ')}`),
    text: [`${headline}.`, '', ...lines(alert), '', `${RETROSPECTIVE_NOTICE}.`].join('\n'),
  };
}
