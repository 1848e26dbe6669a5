"""The book: tables, migrations, one transaction, the sealed record, the outbox."""
