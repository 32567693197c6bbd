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
create index dead_letter_at on dead_letter (at, id);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  -- case.viewed, alert.acknowledged, dead-letter.viewed, dead-letter.retried, replay.started, replay.ended
  action text not null,
  subject text not null,
  detail jsonb not null
);
create index audit_at on audit (at);
create index audit_subject on audit (subject, at);

-- When a feed was heard of last, for the page of the feeds: without it every look reads all versions.
create index report_version_feed on report_version (feed, received_at);
-- The worklist joins each alert with its pair's latest score by score_pair; the timeline walks a study's versions by
-- the primary key of study_version. Neither needs more.
