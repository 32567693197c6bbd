-- What people and administrators do and see.

-- Dead letters as the desk keeps them: original bytes, where they failed and why.
create table dead_letter (
  id text primary key,
  code text not null,
  stage text not null,
  detail text not null,
  attempts integer not null,
  original_topic text not null,
  original_type text not null,
  original_id text not null,
  original_key text not null,
  original_attributes jsonb not null,
  original_content_type text not null,
  original_data bytea not null,
  at timestamptz not null,
  -- open, retried, discarded
  state text not null,
  changed_by text,
  changed_at timestamptz
);
create index dead_letter_open on dead_letter (at) where state = 'open';

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  -- e.g. case.viewed, alert.acknowledged, dead-letter.retried, replay.started
  action text not null,
  subject text not null,
  detail jsonb not null
);
create index audit_at on audit (at);
