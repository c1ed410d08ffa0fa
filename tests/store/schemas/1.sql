-- A database of version 1 as it was left; never changed.
PRAGMA application_id = 1935767905;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE changes (only INTEGER PRIMARY KEY CHECK (only = 1), counter INTEGER NOT NULL);
INSERT INTO "changes" VALUES(1,3);
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
