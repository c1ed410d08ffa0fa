-- A database of version 5 as it was left; never changed.
PRAGMA application_id = 1935767905;
PRAGMA user_version = 5;
BEGIN TRANSACTION;
CREATE TABLE changes (only INTEGER PRIMARY KEY CHECK (only = 1), counter INTEGER NOT NULL, erasures INTEGER NOT NULL DEFAULT 0);
INSERT INTO "changes" VALUES(1,3,0);
CREATE TABLE erasures (user_code TEXT PRIMARY KEY, since INTEGER);
CREATE TABLE exchanges (place TEXT PRIMARY KEY, user_id TEXT, expires INTEGER NOT NULL, record BLOB NOT NULL);
CREATE TABLE feedback (
            turn_id TEXT NOT NULL,
            report TEXT NOT NULL,
            at INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (turn_id, report)
        );
INSERT INTO "feedback" VALUES('a','{"kind":"helped","value":0.0}',6,X'7B226B696E64223A2268656C706564222C2276616C7565223A302E307D');
CREATE TABLE judgements (
            turn_id TEXT PRIMARY KEY, p_defect REAL NOT NULL, defect INTEGER NOT NULL, record BLOB NOT NULL
        );
CREATE TABLE lessons (
            scope TEXT NOT NULL,
            owner TEXT NOT NULL,
            phrase_key TEXT NOT NULL,
            phrase TEXT NOT NULL,
            means TEXT NOT NULL,
            at INTEGER NOT NULL,
            user_id TEXT,
            is_name INTEGER NOT NULL,
            details BLOB NOT NULL,
            PRIMARY KEY (scope, owner, phrase_key)
        );
INSERT INTO "lessons" VALUES('person','u','study mode','Study mode','lamp on',5,'u',0,X'7B7D');
CREATE TABLE promotions (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            number INTEGER,
            previous INTEGER,
            at INTEGER NOT NULL,
            note TEXT NOT NULL,
            undone INTEGER
        );
INSERT INTO "promotions" VALUES(1,1,NULL,7,'first',NULL);
CREATE TABLE restorations (rewrite_id TEXT PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE rewrite_outcomes (
            turn_id TEXT PRIMARY KEY,
            rewrite_id TEXT NOT NULL,
            user_id TEXT,
            rewritten INTEGER NOT NULL,
            failed REAL NOT NULL,
            complaint TEXT,
            at INTEGER NOT NULL
        , home TEXT);
INSERT INTO "rewrite_outcomes" VALUES('a','w','u',1,1.0,'wrong',8,NULL);
CREATE TABLE tokens (
            name TEXT PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER
        , home TEXT, users TEXT NOT NULL DEFAULT '[]');
INSERT INTO "tokens" VALUES('t','d','["observe"]',1,NULL,NULL,NULL,'[]');
CREATE TABLE turns (
            turn_id TEXT PRIMARY KEY,
            started INTEGER NOT NULL,
            user_id TEXT,
            device_id TEXT,
            session_id TEXT,
            record BLOB NOT NULL
        );
INSERT INTO "turns" VALUES('a',5,'u','d',NULL,X'7B227475726E5F6964223A2261222C2273746172746564223A352C2272657175657374223A226C616D70206F6E222C22757365725F6964223A2275222C226465766963655F6964223A2264227D');
CREATE TABLE user_homes (user_id TEXT PRIMARY KEY, home TEXT NOT NULL);
INSERT INTO "user_homes" VALUES('u','flat');
CREATE TABLE user_key (only INTEGER PRIMARY KEY CHECK (only = 1), key BLOB NOT NULL);
INSERT INTO "user_key" VALUES(1,X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
CREATE TABLE withdrawals (rewrite_id TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL);
INSERT INTO "withdrawals" VALUES('r','why',1);
CREATE INDEX turns_by_time ON turns (started, turn_id);
CREATE INDEX turns_by_user ON turns (user_id, device_id, started, turn_id);
CREATE INDEX judgements_by_defect ON judgements (p_defect DESC, turn_id);
CREATE INDEX outcomes_by_rewrite ON rewrite_outcomes (rewrite_id, user_id, at);
CREATE INDEX lessons_by_user ON lessons (user_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('promotions',1);
COMMIT;
