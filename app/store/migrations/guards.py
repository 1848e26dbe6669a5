"""The guards the database itself holds over the record: entries are added, never changed.

Whoever opens the file with a database browser can drop them first; `waydesk audit verify` then
names the guard that is missing, and the chain names the entry that was touched.
"""

REFUSAL = "waydesk: entries of the activity log are never changed or removed"

_RAISE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"

SQLITE_GUARDS = {
    "audit_no_update": ("CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit\n" + _RAISE),
    "audit_no_delete": ("CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit\n" + _RAISE),
    # INSERT OR REPLACE deletes without the trigger above; a taken or passed place is refused.
    "audit_no_replace": (
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit\n"  # noqa: S608 - a constant
        "WHEN EXISTS (SELECT 1 FROM audit WHERE chain = NEW.chain AND seq >= NEW.seq)\n" + _RAISE
    ),
}

POSTGRES_GUARDS = {
    "audit_refuse": (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS\n"
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    ),
    "audit_no_change": (
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit\n"
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
    ),
    "audit_no_truncate": (
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit\n"
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
}

GUARDS = {"sqlite": SQLITE_GUARDS, "postgresql": POSTGRES_GUARDS}
FIND_GUARDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
DROP_GUARDS = {
    "sqlite": tuple(f"DROP TRIGGER {name}" for name in SQLITE_GUARDS),
    "postgresql": ("ALTER TABLE audit DISABLE TRIGGER USER",),
}
RAISE_GUARDS = {
    "sqlite": tuple(SQLITE_GUARDS.values()),
    "postgresql": ("ALTER TABLE audit ENABLE TRIGGER USER",),
}
