import type { Migration } from '../../database.ts';

/**
 * What makes a pass over unchanged folders cheap, and what tells one drive from another. A print stands for a folder in which the
 * rows of local_files and the disk agreed; whatever writes to those rows takes it away.
 */
export const scanMemory: Migration = {
  name: '008-scan-memory',
  sql: `
ALTER TABLE shares ADD COLUMN birth INTEGER;      -- of the root, nanoseconds since 1970
ALTER TABLE shares ADD COLUMN marker TEXT;        -- what its marker file says, 32 hex digits
ALTER TABLE shares ADD COLUMN verify_after INTEGER;  -- row of local_files that a verification under way has done
ALTER TABLE shares ADD COLUMN verify_began INTEGER;  -- milliseconds since 1970
ALTER TABLE shares ADD COLUMN verified INTEGER;      -- when the last one ended

-- Folders below a root that lie on another device than their parent: drives that are mounted there.
CREATE TABLE share_mounts (
  share  INTEGER NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
  folder TEXT NOT NULL,
  PRIMARY KEY (share, folder)
) STRICT, WITHOUT ROWID;

CREATE TABLE folder_prints (
  share   INTEGER NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
  parent  TEXT NOT NULL,
  version INTEGER NOT NULL,       -- another one after each write to a row in that folder
  print   INTEGER,                -- 64 bits, signed
  PRIMARY KEY (share, parent)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER local_files_came AFTER INSERT ON local_files BEGIN
  UPDATE folder_prints SET version = version + 1, print = NULL WHERE share = NEW.share AND parent = NEW.parent;
END;
CREATE TRIGGER local_files_changed AFTER UPDATE ON local_files BEGIN
  UPDATE folder_prints SET version = version + 1, print = NULL WHERE share = NEW.share AND parent = NEW.parent;
END;
CREATE TRIGGER local_files_went AFTER DELETE ON local_files BEGIN
  UPDATE folder_prints SET version = version + 1, print = NULL WHERE share = OLD.share AND parent = OLD.parent;
END;
CREATE TRIGGER local_folder_went AFTER DELETE ON local_files WHEN OLD.kind = 1 BEGIN
  DELETE FROM folder_prints
  WHERE share = OLD.share AND parent = iif(OLD.parent = '', OLD.name, OLD.parent || '/' || OLD.name);
END;

CREATE INDEX local_files_rotten ON local_files (share) WHERE state = 4;
`,
};
