-- Studies, what is known of them, and which draft meets which truth. Written by pairing, read by everyone.

create table study (
  id text primary key,
  site text not null,
  -- Two studies that turn out to be one: the younger points at the one that stays. Its versions, waits and pairs move
  -- there in the same transaction; its aliases stay, so that nobody who holds the old id is left without an answer.
  merged_into text references study (id),
  created_at timestamptz not null
);

-- One value can belong to several studies: numbers are re-used years later. (kind, site, value) is contracts Alias.
-- Rows are only ever added: they are where pairing looks for what a new message may touch.
create table study_alias (
  kind text not null,
  site text not null,
  value text not null,
  study_id text not null references study (id),
  created_at timestamptz not null,
  primary key (value, kind, site, study_id)
);
create index study_alias_study on study_alias (study_id);

-- Every report version ever received, whole, in `document` (contracts ReportVersion). The other columns repeat what is searched.
-- Of several messages with the same version the one with the earliest clock is kept, whatever the order of arrival.
create table report_version (
  id text primary key,
  site text not null,
  feed text not null,
  role text not null,
  source_kind text not null,
  generator_name text,
  generator_version text,
  modality text,
  text_hash text,
  processing text not null,
  clock_at timestamptz not null,
  received_at timestamptz not null,
  message_id text not null,
  quiet boolean not null default false,
  -- Keyed hashes of patient numbers; what a merge message looks for.
  patients text[] not null,
  normaliser text not null,
  -- When the normaliser published `document`: a later revision of the normaliser replaces it.
  published_at timestamptz not null,
  document jsonb not null
);
create index report_version_received on report_version (received_at);
create index report_version_message on report_version (message_id);
create index report_version_patients on report_version using gin (patients);

-- Which message said which version, read by which revision of the normaliser. A resend adds a row and no version. A
-- version that no message says any more under its newest revision is superseded.
create table version_occurrence (
  message_id text not null,
  version_id text not null references report_version (id),
  normaliser text not null,
  source_at timestamptz,
  received_at timestamptz not null,
  published_at timestamptz not null,
  quiet boolean not null,
  primary key (message_id, version_id, normaliser)
);
create index version_occurrence_version on version_occurrence (version_id);

-- A final may report several examinations, so a version can belong to several studies.
create table study_version (
  study_id text not null references study (id),
  version_id text not null references report_version (id),
  -- current, superseded, withdrawn
  state text not null,
  primary key (study_id, version_id)
);
create index study_version_version on study_version (version_id);

-- Keyed hashes of patient numbers that a merge message retired. Looked up when patients are compared.
create table patient_merge (
  site text not null,
  retired text not null,
  surviving text not null,
  merged_at timestamptz not null,
  primary key (retired, surviving, site)
);
create index patient_merge_surviving on patient_merge (surviving);

-- `to` identifies what `from` identified.
create table identifier_correction (
  from_kind text not null,
  from_site text not null,
  from_value text not null,
  to_kind text not null,
  to_site text not null,
  to_value text not null,
  corrected_at timestamptz not null,
  primary key (from_value, from_kind, from_site, to_value, to_kind, to_site)
);
create index identifier_correction_to on identifier_correction (to_value);

-- `document` is contracts Pair without the two texts; they are put together again from report_version.
create table pair (
  id text primary key,
  study_id text not null references study (id),
  site text not null,
  generator_name text not null,
  generator_version text not null,
  modality text,
  -- active, superseded, withdrawn
  status text not null,
  status_reason text not null,
  superseded_by text,
  -- Counts changes of status and study: part of the id of the events that tell them.
  revision integer not null,
  draft_version text not null references report_version (id),
  truth_versions text[] not null,
  unedited boolean not null,
  processing text not null,
  quiet boolean not null,
  completed_at timestamptz not null,
  changed_at timestamptz not null,
  document jsonb not null
);
create index pair_study on pair (study_id);
create index pair_completed on pair (completed_at);

-- A side that has not come yet; one row a study and side, gone when it comes.
create table study_wait (
  study_id text not null references study (id),
  -- final, draft
  missing text not null,
  since timestamptz not null,
  due_at timestamptz not null,
  generator_name text,
  generator_version text,
  modality text,
  -- null until `orphaned` was announced
  announced_at timestamptz,
  primary key (study_id, missing)
);
create index study_wait_due on study_wait (due_at) where announced_at is null;
