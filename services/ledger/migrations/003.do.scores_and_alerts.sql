-- Scores and what they raise. Written by alerting; alerts are acknowledged by review.

create table score (
  id text primary key,
  pair_id text not null references pair (id),
  study_id text not null,
  generator_name text not null,
  generator_version text not null,
  modality text,
  metric_name text not null,
  metric_version text not null,
  metric_fingerprint text not null,
  -- scored, unscorable
  state text not null,
  reason text,
  significant boolean,
  significance text,
  probability double precision,
  divergence double precision,
  alertable boolean,
  quiet boolean not null,
  scored_at timestamptz not null,
  -- contracts Score, whole
  document jsonb not null
);
create index score_pair on score (pair_id, scored_at desc);
create index score_scored on score (scored_at);

create table alert (
  id text primary key,
  revision integer not null,
  rule text not null,
  -- open, acknowledged, withdrawn
  state text not null,
  -- The study of the pair when the alert last changed; pair.study_id is the one of today.
  study_id text not null,
  pair_id text not null references pair (id),
  generator_name text not null,
  generator_version text not null,
  modality text,
  significance text not null,
  aspects text[] not null,
  discrepancies integer not null,
  raised_at timestamptz not null,
  updated_at timestamptz not null,
  acknowledged_by text,
  acknowledged_at timestamptz,
  -- recorded in shadow mode: shown, never delivered
  shadow boolean not null default false,
  -- contracts Alert as of this revision
  document jsonb not null
);
create index alert_open on alert (state, significance, raised_at);
create index alert_study on alert (study_id);
create index alert_pair on alert (pair_id);

-- What each revision said, so that history stays readable after a correction. `document` is contracts Alert.
create table alert_revision (
  alert_id text not null references alert (id),
  revision integer not null,
  -- alert.raised, alert.revised, alert.withdrawn, alert.acknowledged
  notice text not null,
  document jsonb not null,
  at timestamptz not null,
  primary key (alert_id, revision)
);

-- The outbox to people: one row for each notice and channel, and one for each digest (which names no alert).
create table delivery (
  id text primary key,
  -- Order of notices; a later one of the same study never overtakes an earlier one on its channel.
  seq bigint generated always as identity,
  channel text not null,
  -- alert.raised, alert.revised, alert.withdrawn, alert.digest
  notice text not null,
  alert_id text references alert (id),
  alert_revision integer,
  study_id text,
  -- pending, delivered, failed, in_digest (waits for a digest or stands in one), suppressed (shadow, age)
  state text not null,
  -- The digest this notice was gathered into; it is delivered or fails with it.
  digest_id text,
  attempts integer not null default 0,
  -- Also the end of a claim: a process that dies while sending leaves the row due again.
  next_attempt_at timestamptz,
  -- A code, e.g. http_503 or ECONNREFUSED; never what the receiver answered.
  last_error text,
  created_at timestamptz not null,
  delivered_at timestamptz
);
create index delivery_due on delivery (channel, seq) where state = 'pending';
create index delivery_pending_study on delivery (study_id, channel, seq) where state = 'pending';
create index delivery_unsettled on delivery (channel, state, created_at) where state in ('pending', 'in_digest', 'failed');
create index delivery_digest on delivery (digest_id) where digest_id is not null;
create index delivery_alert on delivery (alert_id);
-- Counts a day's notices against the budget.
create index delivery_created on delivery (created_at);
