-- The event table is the outbox of every state change and, with the SQL engine, the bus itself.

create table event (
  topic text not null,
  -- Hash of the key: events of one key share a partition and keep their order.
  partition integer not null,
  -- Gapless but for repeats, in commit order within (topic, partition): see event_head.
  position bigint not null,
  id text not null,
  type text not null,
  key text not null,
  content_type text not null,
  attributes jsonb not null,
  -- Null once the relay has handed the event to Kafka: the id stays, so that a repeat is still recognised.
  data bytea,
  time timestamptz not null,
  primary key (topic, partition, position),
  -- Ids are deterministic; what is already on the topic is not appended again.
  unique (topic, id)
);

-- Old events are found by age, so that the purge never walks the whole table.
create index event_time on event (time);

-- The last position given out. Its row lock, held until commit, makes positions appear in commit order: without it
-- a reader could pass a position whose transaction commits later, and lose the event.
create table event_head (
  topic text not null,
  partition integer not null,
  position bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 50);

-- How far each group has read. `owner` holds the partition until `leased_until`; a dead owner's lease runs out.
create table event_cursor (
  consumer_group text not null,
  topic text not null,
  partition integer not null,
  position bigint not null default 0,
  owner text,
  leased_until timestamptz not null default 'epoch',
  primary key (consumer_group, topic, partition)
) with (fillfactor = 50);
