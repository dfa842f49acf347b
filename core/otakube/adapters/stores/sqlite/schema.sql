-- SPDX-License-Identifier: Apache-2.0
-- One table a collection of the MongoDB adapter. Columns are what is searched or compared; the rest is JSON.
CREATE TABLE identities (
  source_url TEXT PRIMARY KEY, entry_id TEXT NOT NULL, since TEXT, token INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX identities_entry ON identities (entry_id);
CREATE TABLE animes (
  entry_id TEXT PRIMARY KEY,
  next_version INTEGER NOT NULL,
  live_version INTEGER,
  commit_key TEXT,
  digest TEXT,
  model TEXT,
  record TEXT,
  committed_at TEXT,
  blobs TEXT NOT NULL DEFAULT '[]',
  points INTEGER NOT NULL DEFAULT 0,
  collection TEXT,
  lease_token INTEGER,
  lease_nonce TEXT,
  lease_owner TEXT,
  lease_until TEXT,
  fence INTEGER,
  nonce TEXT
);
CREATE TABLE pages (source_url TEXT, entry_id TEXT, PRIMARY KEY (source_url, entry_id));
CREATE INDEX pages_entry ON pages (entry_id);
CREATE TABLE outbox (id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, event TEXT NOT NULL);
CREATE INDEX outbox_entry ON outbox (entry_id);
CREATE TABLE events (id TEXT PRIMARY KEY, event TEXT NOT NULL);
CREATE TABLE intents (
  commit_key TEXT PRIMARY KEY, entry_id TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, intent TEXT NOT NULL
);
CREATE INDEX intents_entry ON intents (entry_id, state);
CREATE TABLE projections (
  name TEXT, entry_id TEXT, id TEXT, version INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (name, entry_id, id)
);
CREATE INDEX projections_entry ON projections (entry_id, version);
CREATE TABLE image_map (source_url TEXT PRIMARY KEY, key TEXT, image TEXT NOT NULL);
CREATE TABLE reviews (run TEXT PRIMARY KEY, review TEXT NOT NULL);
CREATE TABLE dead_letters (run TEXT PRIMARY KEY, letter TEXT NOT NULL);
CREATE TABLE provider_titles (provider TEXT, title TEXT, readings TEXT NOT NULL, PRIMARY KEY (provider, title));
CREATE TABLE provider_health (provider TEXT PRIMARY KEY, outcomes TEXT NOT NULL DEFAULT '[]', health TEXT);
CREATE TABLE provider_checks (provider TEXT, title TEXT, checked TEXT NOT NULL, PRIMARY KEY (provider, title));
CREATE TABLE merge_locks (id TEXT PRIMARY KEY, lock TEXT NOT NULL);
CREATE TABLE merge_lock_pages (page TEXT, lock_id TEXT, PRIMARY KEY (page, lock_id));
CREATE INDEX merge_lock_pages_lock ON merge_lock_pages (lock_id);
CREATE TABLE merge_lock_changes (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE runs (work TEXT PRIMARY KEY, enrichment TEXT NOT NULL, run TEXT NOT NULL);
CREATE INDEX runs_enrichment ON runs (enrichment);
CREATE TABLE listings (
  entry_id TEXT PRIMARY KEY, system_status TEXT NOT NULL, updated_at TEXT NOT NULL, listing TEXT NOT NULL
);
CREATE INDEX listings_updated ON listings (updated_at);
CREATE TABLE flags (id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, state TEXT NOT NULL, flag TEXT NOT NULL);
CREATE INDEX flags_state ON flags (state);
CREATE TABLE syncs (
  revision TEXT, started_at TEXT, sync TEXT NOT NULL, PRIMARY KEY (revision, started_at)
);
CREATE TABLE blob_uses (
  key TEXT PRIMARY KEY, used_at TEXT, unused_since TEXT, removal TEXT, removal_at TEXT
);
CREATE TABLE image_dead_letters (
  anime_id TEXT, image_url TEXT, letter TEXT NOT NULL, PRIMARY KEY (anime_id, image_url)
);
CREATE TABLE take_downs (id TEXT PRIMARY KEY, lifted INTEGER NOT NULL, take_down TEXT NOT NULL);
CREATE TABLE processing_locks (entry_id TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL);
