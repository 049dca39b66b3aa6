"""The tables. Migrations make them; a test holds both together.

JSON is stored as text with everything but ASCII escaped, so that any text a learner can send fits,
and is written and read whole.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from courses.storage.types import BigId, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# -- people ---------------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(100), nullable=False),
    Column("name_key", String(100), nullable=False, unique=True),  # the name without its case
    Column("password", Text, nullable=False),  # an Argon2id hash
    Column("admin", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the token
    Column("account_id", BigId, ForeignKey(account.c.id), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

admin_link = Table(
    "admin_link",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the token
    Column("expires_at", UtcTime, nullable=False),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("subject", String(200), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Index(None, "subject", "at"),
)

# -- what is published ----------------------------------------------------------------------------

course = Table(
    "course",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("course_id", String(200), ForeignKey(course.c.id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(128), nullable=False),
    Column("content", Text, nullable=False),  # the whole course as JSON, answers included
    Column("published_at", UtcTime, nullable=False),
    Column("published_by", String(200), nullable=False),
)

chapter = Table(
    "chapter",
    metadata,
    Column("course_id", String(200), primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("id", String(200), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    ForeignKeyConstraint(["course_id", "edition"], ["edition.course_id", "edition.number"]),
)

step = Table(
    "step",
    metadata,
    Column("course_id", String(200), primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("id", String(200), primary_key=True),
    Column("chapter_id", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("points", Float, nullable=False),
    ForeignKeyConstraint(
        ["course_id", "edition", "chapter_id"], ["chapter.course_id", "chapter.edition", "chapter.id"]
    ),
)

file_content = Table(
    "file_content",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256; editions share what did not change
    Column("content", LargeBinary, nullable=False),
)

edition_file = Table(
    "edition_file",
    metadata,
    Column("course_id", String(200), primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("path", String(1000), primary_key=True),
    Column("access", String(10), nullable=False),
    Column("digest", String(64), ForeignKey(file_content.c.digest), nullable=False),
    ForeignKeyConstraint(["course_id", "edition"], ["edition.course_id", "edition.number"]),
)

# -- what learners do -----------------------------------------------------------------------------

enrolment = Table(
    "enrolment",
    metadata,
    Column("account_id", BigId, ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    Column("course_id", String(200), ForeignKey(course.c.id), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("chapter_id", String(200), nullable=False),  # visited last; empty before the first visit
    Column("created_at", UtcTime, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("account_id", BigId, ForeignKey(account.c.id), nullable=False),
    Column("course_id", String(200), nullable=False),
    Column("step_id", String(200), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("answer", Text, nullable=False),  # JSON; positions for options and lines
    Column("answer_digest", String(64), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("verdict", Text, nullable=False),  # JSON, with the feedback given
    Column("counted", Boolean, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("key", String(100), nullable=False),  # the client's idempotency key
    Column("unlocked", String(200)),  # the step that this attempt unlocked
    UniqueConstraint("account_id", "key"),
    ForeignKeyConstraint(["course_id", "edition"], ["edition.course_id", "edition.number"]),
    Index(None, "account_id", "course_id", "step_id", "id"),
    sqlite_autoincrement=True,
)

progress = Table(
    "progress",
    metadata,
    Column("account_id", BigId, ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    Column("course_id", String(200), ForeignKey(course.c.id), primary_key=True),
    Column("step_id", String(200), primary_key=True),
    Column("settlement", String(10), nullable=False),
    Column("settled_at", UtcTime, nullable=False),  # when it was settled first, in whatever way
    Column("first_passed_at", UtcTime),
    Column("attempt_id", BigId, ForeignKey(attempt.c.id)),  # the attempt that passed it first
)

hint_taken = Table(
    "hint_taken",
    metadata,
    Column("account_id", BigId, ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    Column("course_id", String(200), ForeignKey(course.c.id), primary_key=True),
    Column("step_id", String(200), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("taken_at", UtcTime, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("account_id", BigId, ForeignKey(account.c.id), primary_key=True, autoincrement=False),
    Column("course_id", String(200), ForeignKey(course.c.id), primary_key=True),
    Column("slot", String(300), primary_key=True),
    Column("device", String(100), primary_key=True),
    Column("text", Text, nullable=False),
    Column("revision", BigId, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
)
