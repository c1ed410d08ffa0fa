-- A database of version 2 as it was left; never changed.
PRAGMA application_id = 1935767905;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE changes (only INTEGER PRIMARY KEY CHECK (only = 1), counter INTEGER NOT NULL);
INSERT INTO "changes" VALUES(1,3);
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
CREATE TABLE promotions (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            number INTEGER,
            previous INTEGER,
            at INTEGER NOT NULL,
            note TEXT NOT NULL,
            undone INTEGER
        );
INSERT INTO "promotions" VALUES(1,1,NULL,7,'first',NULL);
CREATE TABLE taught (
            user_id TEXT NOT NULL,
            phrase_key TEXT NOT NULL,
            phrase TEXT NOT NULL,
            means TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (user_id, phrase_key)
        );
INSERT INTO "taught" VALUES('u','study mode','Study mode','lamp on',5);
CREATE TABLE tokens (
            name TEXT PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER
        );
INSERT INTO "tokens" VALUES('t','d','["observe"]',1,NULL,NULL);
CREATE TABLE turns (
            turn_id TEXT PRIMARY KEY,
            started INTEGER NOT NULL,
            user_id TEXT,
            device_id TEXT,
            session_id TEXT,
            record BLOB NOT NULL
        );
INSERT INTO "turns" VALUES('a',5,'u','d',NULL,X'7B227475726E5F6964223A2261222C2273746172746564223A352C2272657175657374223A226C616D70206F6E222C22757365725F6964223A2275222C226465766963655F6964223A2264227D');
CREATE TABLE withdrawals (rewrite_id TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL);
INSERT INTO "withdrawals" VALUES('r','why',1);
CREATE INDEX turns_by_time ON turns (started, turn_id);
CREATE INDEX turns_by_user ON turns (user_id, device_id, started, turn_id);
CREATE INDEX judgements_by_defect ON judgements (p_defect DESC, turn_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('promotions',1);
COMMIT;
